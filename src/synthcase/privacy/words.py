"""Words in place of digits, so that a person can copy a hash into a notebook and compare it."""

from __future__ import annotations

import re

from synthcase.errors import InternalError

__all__ = ["WORDS", "head_words"]

_LIST = """
acorn amber anchor angle apple april apron arch
arrow aspen atlas autumn badge baker bamboo banjo
barley barn basil basket beach beacon bell bench
berry birch biscuit blanket blossom bonnet book border
bottle bowl bread bridge brook broom bucket butter
button cabin cable camera candle canoe canvas carpet
carrot castle cedar cellar chalk cherry chimney cinema
circle clay clock cloud clover coast cobalt coffee
comet compass copper coral corner cotton cradle crane
crayon cricket crystal cup curtain cushion daisy dance
desk diamond dolphin door dragon drawer drum eagle
easel echo eleven elm ember engine envelope evening
fabric falcon feather fence fern fiddle field finch
flag flute fog forest fossil fountain fox friday
galaxy garden garlic gate ginger glacier glass globe
glove goose grain granite grape gravel hammer harbour
harp harvest hazel hedge helmet heron hill honey
horizon hotel ink island ivory ivy jacket jasmine
jigsaw july kettle key kitchen kite ladder lagoon
lake lamp lantern lark laurel lemon letter library
lilac lily linen lion lobster lotus lunch magnet
maple marble market meadow melon mirror mitten monday
moon morning mosaic moss mountain museum napkin needle
nest north notebook nutmeg oak oasis ocean olive
onion orange orbit orchard otter oven owl paddle
palm panda paper parsley peach pearl pebble pencil
pepper piano pillow pine planet plum pocket pond
poppy postcard potato puzzle quarry quartz quilt rabbit
rainbow raven ribbon river robin rocket saddle sail
salmon sandal satin saucer school seal shadow silver
sparrow spoon spring stone summer sunset table teapot
thunder tiger tulip tunnel velvet violin walnut willow
"""

WORDS = tuple(_LIST.split())
"""256 words, one for each value of a byte."""

_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)
_SHOWN = 12


def head_words(hash_hex: str) -> str:
    """Return the first twelve bytes of a hash as twelve words.

    Args:
        hash_hex: A SHA-256 as 64 lower-case hexadecimal digits.

    Raises:
        InternalError: It is no such hash.

    Privacy:
        Reads no record.

    Example:
        >>> head_words("00" * 32)[:17]
        'acorn acorn acorn'
    """
    if not _HASH.fullmatch(hash_hex):
        raise InternalError("Only a SHA-256 can be told in words.")
    return " ".join(WORDS[byte] for byte in bytes.fromhex(hash_hex)[:_SHOWN])
