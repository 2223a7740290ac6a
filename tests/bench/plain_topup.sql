-- The rows of one top-up in plain SQL for pgbench: as many rows as the product writes, into the same
-- tables with the same indexes and foreign keys, and nothing that checks or decides.
-- No two members share a row here; the product's calls all change one till and the same sums.
\set place random(1, :members)
\set account :first_account + 2 * (:place - 1)
\set other_account :account + 1
\set key random(1, 9000000000000000)
\set other_key random(1, 9000000000000000)
BEGIN;
UPDATE ledger_accounts SET balance_micros = balance_micros + 5000000 WHERE id = :account
  RETURNING owner_id AS member, balance_micros AS balance \gset
UPDATE ledger_accounts SET balance_micros = balance_micros + 5000000 WHERE id = :other_account
  RETURNING balance_micros AS other_balance \gset
INSERT INTO ledger_transfers (book_id, kind, key, actor_kind, actor_id, at)
  VALUES (1, 'topup', 'pgbench-' || :key || '-' || :other_key, 'api_key', 0, now()) RETURNING id AS transfer \gset
INSERT INTO ledger_entries (book_id, transfer_id, account_id, amount_micros, before_micros, after_micros, at)
  VALUES (1, :transfer, :account, 5000000, :balance - 5000000, :balance, now()),
         (1, :transfer, :other_account, 5000000, :other_balance - 5000000, :other_balance, now());
INSERT INTO topups (center_id, member_id, at, kind, payment, value_micros, bonus_micros, coin_micros, point_micros,
    refundable_micros, refundable_bonus_micros, comment, staff_id, staff_name, transfer_id)
  VALUES (1, :member, now(), 'topup', 'cash', 5000000, 0, 0, 0, 5000000, 0, 'counter top-up', 0, 'API', :transfer)
  RETURNING id AS topup \gset
INSERT INTO billing_logs (center_id, at, event, subject, member_id, member_account, member_group_id, pc_name,
    cash_micros, card_micros, qr_micros, spend_micros, balance_micros, bonus_micros, coin_micros, loan_micros,
    cost_micros, other_tender_micros, used_seconds, staff_id, staff_name, details, transfer_id)
  VALUES (1, now(), 'TOPUP', 'member', :member, 'm' || :member, 0, '', 5000000, 0, 0, 0, 5000000, 0, 0, 0, 0, 0, 0, 0,
    'API', 'Comment: counter top-up', :transfer)
  RETURNING id AS log \gset
INSERT INTO billing_log_sums AS sums (center_id, hours, start_hour, event, subject, who, is_refund, staff_name,
    member_group_id, pc_group_id, number, money_number, cash_number, card_number, qr_number, spend_number, bonus_number,
    cash_micros, card_micros, qr_micros, spend_micros, bonus_micros, coin_micros, loan_micros, cost_micros,
    other_tender_micros, used_seconds)
  SELECT 1, hours, 0, 'TOPUP', 'member', 1, 0, 'pgbench-' || :member, 0, -1,
    1, 1, 1, 0, 0, 0, 0, 5000000, 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM (VALUES (720), (24), (1)) AS levels (hours)
  ON CONFLICT (center_id, hours, start_hour, event, subject, who, is_refund, staff_name, member_group_id, pc_group_id)
  DO UPDATE SET number = sums.number + 1, money_number = sums.money_number + 1, cash_number = sums.cash_number + 1,
    cash_micros = sums.cash_micros + 5000000;
INSERT INTO report_quarters AS sums (center_id, quarter, cash_micros, card_micros, qr_micros)
  VALUES (1, :member, 5000000, 0, 0)
  ON CONFLICT (center_id, quarter) DO UPDATE SET cash_micros = sums.cash_micros + 5000000;
INSERT INTO report_names AS sums (center_id, day, member_id, pc_id, pc_name, sessions, used_seconds, cost_micros,
    topup_micros)
  VALUES (1, 0, :member, 0, '', 0, 0, 0, 5000000)
  ON CONFLICT (center_id, day, member_id, pc_id, pc_name) DO UPDATE SET topup_micros = sums.topup_micros + 5000000;
INSERT INTO row_digests (table_number, row_id, row_part, version, digest)
  VALUES (1, :log, '', 1, decode(repeat('ab', 32), 'hex')), (2, :topup, '', 1, decode(repeat('ab', 32), 'hex'));
INSERT INTO idempotent_answers (book_id, key, input_hash, answer, at, digest)
  VALUES (1, 'pgbench-' || :key || '-' || :other_key, decode(repeat('ab', 32), 'hex'),
    decode(repeat('7b', 120), 'hex'), now(), decode(repeat('ab', 32), 'hex'));
COMMIT;
