"""Files that somebody hostile, careless or unlucky could put in place of ours."""

import json
import struct

import shelter
from casefiles import csv_text

NESTED = 50_000
FULL = 999_000


def schemas():
    """Yield schema files that must be refused, by name: bytes."""
    table = "tables: {case: {key: k, columns: {c: {kind: categorical, values: [a], else: a}}}}\n"
    head = "synthcase: 1\nname: x\n"

    def column(form):
        return f"{head}tables: {{case: {{key: k, columns: {{c: {form}}}}}}}\n"

    lists = "".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]\n" for n in range(1, 9))
    values = ", ".join(f"v{number}" for number in range(5000))
    copies = "".join(f"      d{number}: {{like: t.c}}\n" for number in range(8000))
    row = "".join(f"      d{number}: {{like: t.d{number + 1}}}\n" for number in range(3000))
    chain = "".join(
        f"  t{n}: {{key: k, parent: {{table: t{n - 1}, by: p}}}}\n" for n in range(1, 9000)
    )
    texts = {
        "an alias bomb": f"l0: &l0 [a, b]\n{lists}{head}{table}",
        "an anchor": f"{head}{table.replace('{case: {', '{case: &a {')}",
        "a merge key": f"base: &b {{a: b}}\nother:\n  <<: *b\n{head}{table}",
        "a tag that runs code": f'{head}x: !!python/object/apply:os.system ["touch x"]\n{table}',
        "a key twice": f"{head}name: y\n{table}",
        "a table twice": f"{head}{table[:-2]}, case: {{key: k}}}}\n",
        "deep lists": f"{head}x: {'[' * NESTED}",
        "deep maps": f"{head}x: {'{a: ' * NESTED}",
        "deep dashes": "- " * NESTED,
        "two documents": f"{head}{table}---\n{head}{table}",
        "nodes without end": f"{head}x: [{'0,' * (FULL // 2)}]\n",
        "two megabytes": f"{head}{table}# {'x' * 2_000_000}\n",
        "keys that are not known": head + "".join(f"k{n}: v\n" for n in range(40_000)),
        "copies that explode": f"{head}tables:\n  t:\n    key: k\n    columns:\n"
        f"      c: {{kind: categorical, values: [{values}], else: v1}}\n{copies}",
        "a long row of copies": f"{head}tables:\n  t:\n    key: k\n    columns:\n{row}"
        "      d3000: {kind: binary, else: 'no'}\n",
        "a long row of tables": f"{head}tables:\n  t0: {{key: k}}\n{chain}",
        "a huge bin": column(f'{{kind: number, bins: [0, {"9" * 300_000}], else: "0"}}'),
        "a huge power": column('{kind: number, bins: [0, 1e99999999], else: "0"}'),
        "endless decimals": column('{kind: number, bins: [0, 1], decimals: 999999999, else: "0"}'),
        "ten thousand years": column(
            '{kind: date, bins: {from: 0001, to: 9998, by: month}, else: "2000-01"}'
        ),
        "a huge cap": f"{head}{table}protect: {{persons_per_case: {'9' * 5000}}}\n",
        "no number": f"{head}{table}protect: {{persons_per_case: .nan}}\n",
        "a formula as a value": column('{kind: categorical, values: ["=1+1"], else: "=1+1"}'),
        "an escape sequence": column('{kind: categorical, values: ["\\e[2J"], else: "\\e[2J"}'),
        "a reversed text": column('{kind: categorical, values: ["\\u202Ea"], else: "\\u202Ea"}'),
        "nothing": "",
        "a list": "[a, b]\n",
        "a word": "hello\n",
        "another version": f"synthcase: 99\nname: x\n{table}",
    }
    for name in ("../../x", "/tmp/x", "a/b", "a\\\\b", "CON", "nul.csv", ".", "..", "x" * 300):
        texts[f"a table named {name[:9]}"] = f'{head}tables: {{"{name}": {{key: k}}}}\n'
        texts[f"a schema named {name[:9]}"] = f'synthcase: 1\nname: "{name}"\n{table}'
    yield from ((name, text.encode()) for name, text in texts.items())
    yield "zeros", b"\0" * 1000
    yield "no UTF-8", shelter.SCHEMA.encode() + b"\xff\xfe"
    yield "UTF-16", shelter.SCHEMA.encode("utf-16")
    yield "half a surrogate", column('{kind: binary, else: "\\ud800"}').encode()


def json_files(good):
    """Yield JSON files that must be refused in place of a good one, by name: bytes."""
    value = json.loads(good)
    first = next(iter(value))
    yield "nothing", b""
    yield "an empty object", b"{}\n"
    yield "a list", b"[]\n"
    yield "null", b"null\n"
    yield "half of it", good[: len(good) // 2]
    yield "one byte less", good[:-1]
    yield "one byte more", good + b" "
    yield "a byte changed", good[: len(good) // 3] + b"\x01" + good[len(good) // 3 + 1 :]
    yield "zeros", b"\0" * len(good)
    yield "no UTF-8", good.replace(b'"', b'"\xff', 1)
    yield "UTF-16", good.decode().encode("utf-16")
    yield "a key twice", b'{"' + first.encode() + b'":0,' + good[1:]
    yield "a key more", good[:-2] + b',"zzz":0}\n'
    yield "another order", json.dumps(dict(reversed(value.items()))).encode() + b"\n"
    yield "not canonical", json.dumps(value, indent=1).encode()
    yield "deep lists", b"[" * NESTED
    yield "deep objects", b'{"a":' * NESTED
    yield "lists without end", b"[" + b"[]," * 2_500_000 + b"[]]"
    yield "numbers without end", b"[" + b"10," * 6_000_000 + b"1]"
    yield "keys without end", b"{" + b'"a":0,' * 2_100_000 + b'"b":0}'
    yield "a long text", b'["' + b"a" * 8_000_000 + b'"]'
    yield "quotes without end", b'"\\' * 2_000_000
    for name, number in NUMBERS.items():
        yield name, _with_number(value, number)
    yield from ((name, data) for name, data in _with_texts(value))


NUMBERS = {
    "a float": "1.5",
    "not a number": "NaN",
    "infinity": "Infinity",
    "a huge power": "1e999",
    "a huge integer": "9" * 100_000,
    "an integer beyond 64 bits": str(2**63),
    "less than nothing": "-1",
    "truth for a number": "true",
}


def _with_number(value, number):
    """Put another number where the file has its first one."""
    mark = 1234567890123
    text = json.dumps({**value, "version": mark}, sort_keys=True, separators=(",", ":"))
    return text.replace(str(mark), number).encode() + b"\n"


def _with_texts(value):
    for name, text in {
        "a name that climbs": "../../../etc/passwd",
        "an escape sequence": "\x1b[2J",
        "an endless text": "x" * 5_000_000,
        "another format": "synthcase-other",
        "a list for a text": ["x"],
    }.items():
        changed = {**value, "format": text}
        data = json.dumps(changed, sort_keys=True, separators=(",", ":"))
        yield name, data.encode() + b"\n"


def models(good):
    """Yield files that must be refused in place of a safetensors model, by name: bytes."""
    length = struct.unpack("<Q", good[:8])[0]
    header, data = json.loads(good[8 : 8 + length]), good[8 + length :]

    def built(changed, numbers=data):
        text = json.dumps(changed).encode()
        return struct.pack("<Q", len(text)) + text + numbers

    name = next(key for key in header if key != "__metadata__")
    entry = header[name]
    yield "nothing", b""
    yield "seven bytes", good[:7]
    yield "half of it", good[: len(good) // 2]
    yield "one byte less", good[:-1]
    yield "one byte more", good + b"\0"
    yield "zeros", b"\0" * 500
    yield "a pickle", b"\x80\x04cos\nsystem\n(S'touch pwned'\ntR."
    yield "an archive", b"PK\x03\x04" + b"\0" * 500
    yield "a header without end", struct.pack("<Q", 2**63) + good[8:]
    yield "a header of all", struct.pack("<Q", len(good) - 8) + good[8:]
    yield "no header", struct.pack("<Q", 0) + good[8:]
    yield "a deep header", struct.pack("<Q", NESTED) + b"[" * NESTED
    yield "no metadata", built({k: v for k, v in header.items() if k != "__metadata__"})
    yield "other metadata", built({**header, "__metadata__": {"synthcase": "{}"}})
    yield "metadata more", built({**header, "__metadata__": {**header["__metadata__"], "x": "y"}})
    yield "floats", built({**header, name: {**entry, "dtype": "F32"}})
    yield "objects", built({**header, name: {**entry, "dtype": "O"}})
    yield "a huge shape", built({**header, name: {**entry, "shape": [2**31, 2**31]}})
    yield "a negative shape", built({**header, name: {**entry, "shape": [-1, -1]}})
    yield "offsets outside", built({**header, name: {**entry, "data_offsets": [0, 2**40]}})
    yield "offsets backwards", built({**header, name: {**entry, "data_offsets": [9, 1]}})
    yield "an array twice", built({**header, "again": entry})
    yield "an array less", built({k: v for k, v in header.items() if k != name})
    yield "a name that climbs", built({"../../x" if k == name else k: v for k, v in header.items()})
    yield "numbers that add up to nothing", built(header, b"\0" * len(data))
    yield "numbers that are too large", built(header, b"\xff\xff\xff\x7f" * (len(data) // 4))
    yield "numbers below zero", built(header, b"\xff" * len(data))


def ledgers(good):
    """Yield ledgers that must be refused in place of a good one, by name: bytes."""
    lines = good.splitlines(keepends=True)
    yield "nothing", b""
    yield "blank lines", b"\n\n\n"
    yield "zeros", b"\0" * 200 + b"\n"
    yield "a line less", b"".join([lines[0], *lines[2:]])
    yield "a line twice", b"".join([*lines, lines[-1]])
    yield "two lines exchanged", b"".join([lines[0], lines[2], lines[1], *lines[3:]])
    yield "a digit changed", good.replace(b'"seq":1', b'"seq":7', 1)
    yield "a price changed", good.replace(b'"case":"', b'"case":"1', 1)
    yield "a deep line", b"[" * NESTED + b"\n"
    yield "a line without end", lines[0] + b'{"a":"' + b"x" * 200_000 + b'"}\n'
    yield "a key twice", b'{"seq":0,' + lines[0][1:] + b"".join(lines[1:])
    yield "no UTF-8", good.replace(b"invented", b"\xff\xfe\xff\xfe\xff\xfe\xff\xfe", 1)
    yield "lines without end", b"0\n" * 2_000_000


def records(good):
    """Yield files of one table that must be refused, by name: (file, bytes)."""
    text = csv_text(good)
    data = text.encode()
    yield "half a row", "victim.csv", data[: data.rindex(b",")]
    yield "uneven rows", "victim.csv", data + b"a,b\n"
    yield "an open quote", "victim.csv", data + b'"' + b"x\n" * 2000
    yield "zeros", "victim.csv", b"\0" * 5000
    yield "another table", "victim.csv", b"a,b\n1,2\n"
    yield "a cell without end", "victim.csv", data + b'v9,c1,"' + b"x" * 30_000_000 + b'",\n'
    yield "a header without end", "victim.csv", b"x" * 30_000_000
    yield "columns without end", "victim.csv", b"x," * 500_000 + b"\n"
    yield "no UTF-8", "victim.csv", data + b"\xff\xff,c1,1,\n"
    yield "UTF-16", "victim.csv", text.encode("utf-16")
    yield "a picture", "victim.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20
    yield "no gzip", "victim.csv.gz", data
    yield "no parquet", "victim.parquet", data
    yield "a parquet of zeros", "victim.parquet", b"PAR1" + b"\0" * 2000 + b"PAR1"
    yield (
        "a parquet without end",
        "victim.parquet",
        (b"PAR1" + b"\xff" * 2000 + struct.pack("<I", 2**31 - 1) + b"PAR1"),
    )
