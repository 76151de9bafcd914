@HEAD@
"""Asks a tuned model where to click, the way it was trained. Written by Screensmith.

    python3 call_model.py screenshot.png "Click Save"          prints: x y, in pixels of the picture
    python3 call_model.py screenshot.png "Click Save" --json   prints everything

Needs nothing but Python 3.8 or newer. It holds no key.
"""

import base64
import json
import math
import os
import re
import struct
import sys
import urllib.error
import urllib.request

@FACTS@


def picture(data):
    """Media type, width and height of a PNG, JPEG or WebP file."""
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return ("image/png", *struct.unpack(">II", data[16:24]))
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        kind = data[12:16]
        if kind == b"VP8X":
            return (
                "image/webp",
                1 + int.from_bytes(data[24:27], "little"),
                1 + int.from_bytes(data[27:30], "little"),
            )
        if kind == b"VP8L":
            bits = int.from_bytes(data[21:25], "little")
            return "image/webp", 1 + (bits & 0x3FFF), 1 + ((bits >> 14) & 0x3FFF)
        width, height = struct.unpack("<HH", data[26:30])
        return "image/webp", width & 0x3FFF, height & 0x3FFF
    if data[:2] == b"\xff\xd8":
        at = 2
        while at + 9 < len(data):
            if data[at] != 0xFF:
                at += 1
                continue
            mark = data[at + 1]
            if 0xC0 <= mark <= 0xCF and mark not in (0xC4, 0xC8, 0xCC):
                height, width = struct.unpack(">HH", data[at + 5 : at + 9])
                return "image/jpeg", width, height
            if mark in (0x01, 0xFF) or 0xD0 <= mark <= 0xD8:
                at += 1 if mark == 0xFF else 2
            else:
                at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    raise SystemExit("the picture is no PNG, JPEG or WebP")


def seen(width, height):
    """The size that the model really sees, which its pixels refer to."""
    if RESIZE and RESIZE[0] == "tiles":
        w, h = float(width), float(height)
        if max(w, h) > RESIZE[1]:
            scale = RESIZE[1] / max(w, h)
            w, h = w * scale, h * scale
        if min(w, h) > RESIZE[2]:
            scale = RESIZE[2] / min(w, h)
            w, h = w * scale, h * scale
        return math.floor(w + 1e-9), math.floor(h + 1e-9)
    if RESIZE and RESIZE[0] == "smart":
        _, factor, least, most = RESIZE
        w = max(factor, round(width / factor) * factor)
        h = max(factor, round(height / factor) * factor)
        if w * h > most:
            beta = math.sqrt(width * height / most)
            w = max(factor, math.floor(width / beta / factor) * factor)
            h = max(factor, math.floor(height / beta / factor) * factor)
        elif w * h < least:
            beta = math.sqrt(least / (width * height))
            w = math.ceil(width * beta / factor) * factor
            h = math.ceil(height * beta / factor) * factor
        return w, h
    return width, height


def scan(text):
    """Every decimal number that is no part of a word."""
    found = re.finditer(r"-?[0-9]+(?:\.[0-9]+)?", text)
    word = lambda i: i > 0 and re.match(r"[A-Za-z_]", text[i - 1])
    return [float(m.group()) for m in found if not word(m.start())]


def complete(n):
    return n[: 2 if len(n) < 4 else 4] if len(n) >= 2 else None


def numbers(text):
    """The two or four numbers of an answer."""
    for key in ("bbox_2d", "box_2d", "point_2d", "coordinate", "point", "bbox"):
        _, found, after = text.partition('"%s"' % key)
        if found:
            listed = re.search(r"[\[{]([^\]}]*)[\]}]", after)
            n = complete(scan(listed.group(1))) if listed else None
            if n:
                return n
            break
    n = complete([float(v) for v in re.findall(r"<loc_*([0-9]+)>", text)])
    if n:
        return n
    if "<point" in text:
        tag = text[text.index("<point") :]
        x = re.search(r'x="(-?[0-9.]+)"', tag)
        y = re.search(r'y="(-?[0-9.]+)"', tag)
        n = [float(x.group(1)), float(y.group(1))] if x and y else complete(scan(tag.partition(">")[2]))
        if n:
            return n
    return complete(scan(text))


def to_pixels(v, full, shown):
    return {
        "pixels": lambda: v * full / max(shown, 1),
        "unit": lambda: v * full,
        "percent": lambda: v * full / 100,
        "thousand": lambda: v * full / 1000,
        "rounded_bins": lambda: v * full / max(BINS - 1, 1),
        "floored_bins": lambda: (v + 0.5) * full / max(BINS, 1),
    }[SPACE]()


def point(text, width, height):
    """The point of an answer, or the middle of its box, in pixels of the picture."""
    n = numbers(text)
    if n is None:
        return None
    if Y_FIRST:
        n = [n[i ^ 1] for i in range(len(n))]
    if len(n) == 4:
        a, b, c, d = n
        n = {
            "xyxy": [(a + c) / 2, (b + d) / 2],
            "xywh": [a + c / 2, b + d / 2],
            "cxcywh": [a, b],
        }[SHAPE]
    w, h = seen(width, height)
    return [to_pixels(n[0], width, w), to_pixels(n[1], height, h)]


def ask(data, media_type, instruction):
    url = "data:%s;base64,%s" % (media_type, base64.b64encode(data).decode())
    body = {
        "model": MODEL,
        "messages": [
            {"role": "system", "content": PROMPT},
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": instruction},
                    {"type": "image_url", "image_url": {"url": url}},
                ],
            },
        ],
        **OPTIONS,
    }
    headers = {"Content-Type": "application/json", **HEADERS}
    key = os.environ.get(KEY_ENV, "")
    if KEY_NEEDED and not key:
        raise SystemExit("set the environment variable %s to the key" % KEY_ENV)
    if key:
        headers["Authorization"] = "Bearer " + key
    request = urllib.request.Request(
        BASE_URL.rstrip("/") + "/chat/completions", json.dumps(body).encode(), headers
    )
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            message = json.load(answer)["choices"][0]["message"]
    except urllib.error.HTTPError as e:
        raise SystemExit("%d: %s" % (e.code, e.read(1000).decode(errors="replace")))
    except urllib.error.URLError as e:
        raise SystemExit("no answer: %s" % e.reason)
    return message.get("content") or message.get("refusal") or ""


def main():
    words = [a for a in sys.argv[1:] if a != "--json"]
    if len(words) != 2:
        raise SystemExit(__doc__)
    with open(words[0], "rb") as file:
        data = file.read()
    media_type, width, height = picture(data)
    if IMAGE_SIZE and (width > IMAGE_SIZE[0] or height > IMAGE_SIZE[1]):
        print(
            "the picture (%d x %d) is larger than those in training (%d x %d)"
            % (width, height, *IMAGE_SIZE),
            file=sys.stderr,
        )
    text = ask(data, media_type, words[1])
    found = point(text, width, height)
    if "--json" in sys.argv[1:]:
        print(json.dumps({"point": found, "answer": text, "size": [width, height]}))
    elif found:
        print("%g %g" % (round(found[0], 2), round(found[1], 2)))
    if not found:
        raise SystemExit("the answer holds no coordinates: " + text)


if __name__ == "__main__":
    main()
