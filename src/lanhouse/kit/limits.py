"""Every limit has a name here: caps of the café API (seed: API limitations) and our own bounds."""

from __future__ import annotations

MAX_STAFF = 100
MAX_MEMBERGROUP = 100
MAX_MEMBER = 50_000
MAX_PRICE = 100  # beside the rule "Default"
MAX_OFFER = 1_000
MAX_PCGROUP = 100
MAX_PC = 500
MAX_ROOM = 100
MAX_TILL = 50
MAX_PAUSE = 100  # sessions that are paused at once
MAX_PRINTER = 50
MAX_PRODUCTGROUP = 100  # beside the group "Default"
MAX_PRODUCT = 500  # beside the print
MAX_ORDER = 5000  # neither done nor cancelled
MAX_PROMO = 1000
MAX_NEWS = 100
MAX_EVENT = 100  # not closed yet

API_RATE_PER_MINUTE = 200
MEMBERS_PER_PAGE = 50
LOGS_PER_PAGE = 30
# Rows of one look of an export: some milliseconds of a reader, and 200 KB.
EXPORT_ROWS = 1_000

BODY_BYTES_MAX = 1_048_576
# A caller that is cut off may go on for this long, and for BODY_BYTES_MAX more, before the
# connection ends: somebody who only listens after sending would else see a reset, not the reason.
LINGER_SECONDS = 2
QUERY_BYTES_MAX = 16_384
# A smaller page is not compressed (web/packing.py): it is one packet either way.
PACKED_BYTES_MIN = 1_024
# A picture that a centre puts up: what is sent, how many pixels are decoded (4 bytes each), and the
# longer side of what is kept.
LOGO_BYTES_MAX = 4_194_304
LOGO_PIXELS_MAX = 16_000_000
LOGO_SIDE_MAX = 512
# The picture of a product, as large as a tile of the till needs it.
PRODUCT_PICTURE_SIDE_MAX = 480
# The picture of news, as wide as a telephone or a seat shows it.
NEWS_PICTURE_SIDE_MAX = 1200
# The picture under the map of a hall, in the same way.
MAP_PICTURE_BYTES_MAX = 8_388_608
MAP_PICTURE_PIXELS_MAX = 32_000_000
MAP_PICTURE_SIDE_MAX = 2400
FILE_CHUNK_BYTES = 262_144
# A call of ours to another server: all of it, and what is read of the answer.
OUTBOUND_SECONDS_MAX = 10
OUTBOUND_BYTES_MAX = 1_048_576
IDEMPOTENCY_KEY_MAX = 128
# Everything of a request that is not its body; and how long it may take to arrive.
HEAD_BYTES_MAX = 65_536
REQUEST_SECONDS_MAX = 60

WRITE_QUEUE_MAX = 10_000
WRITE_GROUP_MAX = 256
READER_THREADS = 4
# Answers of lists that many poll (web/kept.py); each up to half a megabyte.
KEPT_ANSWERS_MAX = 32

# One amount that a café takes in: more is a slip of the finger, and the sums of its log stay inside
# 64 bits for every thinkable number of rows.
AMOUNT_MICROS_MAX = 10**15

# Why money moved, as people write it: top-ups, loans, check-outs, expenses.
COMMENT_CHARS_MAX = 255
CONSENTS_PER_MEMBER_MAX = 500
"""Consents of guardians that are kept of a member, and proofs of age."""
# Messages of the desk that wait for one PC.
MESSAGES_WAITING_MAX = 20

# A million an hour: a year of it is far inside what a balance can hold.
PRICE_MICROS_MAX = 10**12

# One posting may move at most 10^12 units, and no balance may leave +-9*10^12 units: both stay
# far inside a signed 64-bit integer of micros, so a sum can never wrap or turn into a float.
POSTING_MICROS_MAX = 10**18
BALANCE_MICROS_MAX = 9 * 10**18

# What a person of the staff may choose as a password.
PASSWORD_CHARS_MIN = 10
PASSWORD_CHARS_MAX = 200

LOGIN_FAILURES_MAX = 5
# Of the PIN of one person, in all browsers together; then only the password counts.
PIN_FAILURES_MAX = 5
PIN_DIGITS_MIN = 4
PIN_DIGITS_MAX = 8
# Wrong passwords of one address, of one account, and of one browser that is remembered.
SIGN_IN_FAILURES_PER_MINUTE = 10
# Password checks run at once for each processor, and how many wait: of one address, for what
# signed-in people and programs set, and all together.
HASHES_PER_CORE = 2
HASHES_WAITING_PER_ADDRESS = 4
PASSWORD_QUEUE_MAX = 64
HASHES_WAITING_MAX = 1_000
LOGIN_LOCK_SECONDS = 300
# Between the right password and the code of the second factor.
SECOND_STEP_SECONDS = 300
WEB_SESSION_SECONDS = 12 * 3600

# One request: fields by name, values in one field, nesting, names and texts.
INPUT_FIELDS_MAX = 1_000
INPUT_VALUES_MAX = 10_000
INPUT_DEPTH_MAX = 16
INPUT_NAME_CHARS_MAX = 100
INPUT_TEXT_MAX = 10_000
INPUT_LIST_MAX = 1_000
BATCH_ITEMS_MAX = 64

# Browsers that are told what happens (realtime/feed.py): of one sign-in, and of one process.
LISTENERS_PER_SIGN_IN = 8
LISTENERS_MAX = 2_000

PLAYERS_MAX = 8
"""Players at one console."""

NOTES_PER_MEMBER_MAX = 100
"""Notes of the staff about one member."""

MEMBER_VIEWS_MAX = 30
"""Saved views of the list of members, for each person."""

MEMBER_MESSAGES_UNREAD_MAX = 50
"""Messages that wait for one member."""

FEEDBACK_CHARS_MAX = 4_000
"""A message that a customer writes to the house."""

FEEDBACK_UNREAD_MAX = 10_000
"""Messages of customers that nobody has read, in one centre: more is a flood."""

MEMBER_PHOTO_SIDE_MAX = 400
"""The longer side of a member's photo, in pixels."""
