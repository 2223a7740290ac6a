"""One kind of request, written once and sent by either load generator."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterator
from pathlib import Path

import msgspec


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    """A request with holes: `{id}` is one of `ids` at random, `{key}` is new every time.

    An answer counts as an error when its status is not 200 or its body lacks `expect`.
    """

    name: str
    method: str
    path: str
    expect: str
    headers: dict[str, str] = {}
    body: str = ""
    ids: tuple[str, ...] = ("",)


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What a run measured: answers a second, latencies in milliseconds, answers and errors."""

    rps: float
    p50: float
    p99: float
    n: int
    err: int


def raw_requests(scenario: Scenario, host: str, seed: int) -> Iterator[bytes]:
    """The scenario's requests as bytes of HTTP/1.1, without end."""
    chance = random.Random(seed)
    tag = f"{chance.getrandbits(64):x}"
    fixed = "".join(f"{name}: {value}\r\n" for name, value in scenario.headers.items())
    for number in itertools.count():
        holes = {"{id}": chance.choice(scenario.ids), "{key}": f"{tag}-{number}"}
        path, headers, body = (_fill(t, holes) for t in (scenario.path, fixed, scenario.body))
        length = f"Content-Length: {len(body)}\r\n" if body else ""
        line = f"{scenario.method} {path} HTTP/1.1\r\nHost: {host}\r\n"
        yield f"{line}{headers}{length}\r\n{body}".encode()


def _fill(text: str, holes: dict[str, str]) -> str:
    for hole, value in holes.items():
        text = text.replace(hole, value)
    return text


def write_lua(scenario: Scenario, path: Path, pause_seconds: float = 0.0) -> None:
    """Write the scenario as a script for wrk; its last line of output starts with JSON.

    Before each request a connection waits for half to one and a half of `pause_seconds`.
    """
    quoted = {name: json.dumps(value) for name, value in scenario.headers.items()}
    headers = "".join(
        f"  [{json.dumps(name)}] = fill({value}, id),\n" for name, value in quoted.items()
    )
    path.write_text(
        f"""\
local ids = {{ {", ".join(json.dumps(each) for each in scenario.ids)} }}
math.randomseed(os.time() * 1000 + math.floor((os.clock() * 1e6) % 1000))
local tag = string.format("%x-%x", os.time(), math.random(1, 2 ^ 30))
local n, bad = 0, 0
local function fill(text, id)
  text = text:gsub("{{id}}", id):gsub("{{key}}", tag .. "-" .. n)
  return text
end
local path = {json.dumps(scenario.path)}
local body = {json.dumps(scenario.body)}
local expect = {json.dumps(scenario.expect)}
local threads = {{}}
function setup(thread) table.insert(threads, thread) end
function init() errors = 0 end
{_delay(pause_seconds)}request = function()
  n = n + 1
  local id = ids[math.random(1, #ids)]
  return wrk.format({json.dumps(scenario.method)}, fill(path, id), {{
{headers}  }}, body ~= "" and fill(body, id) or nil)
end
response = function(status, headers, text)
  if status ~= 200 or not text:find(expect, 1, true) then errors = errors + 1 end
end
done = function(s, l, r)
  for _, thread in ipairs(threads) do bad = bad + thread:get("errors") end
  io.write(string.format('JSON {{"rps": %.1f, "p50": %.2f, "p99": %.2f, "n": %d, "err": %d}}\\n',
    s.requests / s.duration * 1e6, l:percentile(50) / 1e3, l:percentile(99) / 1e3, s.requests,
    bad + s.errors.read + s.errors.write + s.errors.timeout + s.errors.connect))
end
"""
    )


def _delay(pause_seconds: float) -> str:
    if not pause_seconds:
        return ""
    low, high = round(pause_seconds * 500), round(pause_seconds * 1500)
    return f"function delay() return math.random({low}, {high}) end\n"
