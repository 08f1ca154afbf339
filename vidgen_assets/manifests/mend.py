"""What shaka-packager 3.8 leaves out of its manifests, put in. Pure functions from text to text."""

from fractions import Fraction
from xml.etree import ElementTree as ET

MPD_NAMESPACE = "urn:mpeg:dash:schema:mpd:2011"
_XML = '<?xml version="1.0" encoding="UTF-8"?>'
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
# EXT-X-MAP in a playlist that isn't all I-frames asks for version 6 (RFC 8216, section 7).
_HLS_VERSION = "#EXT-X-VERSION:6"


def mended_master(text: str) -> str:
    """The master playlist with the version that its media playlists declare."""
    head, _, rest = text.partition("\n")
    return text if _HLS_VERSION in text else f"{head}\n{_HLS_VERSION}\n{rest}"


def mended_mpd(text: str, fps: Fraction) -> str:
    """The MPD with frame rates as a person would write them, and every video segment known to start with a keyframe.

    The packager writes the rate as the clock over the frame's ticks (`15360/512`) and says `startWithSAP` for sound
    only; without it a strict player may not switch at any segment.
    """
    ET.register_namespace("", MPD_NAMESPACE)
    ET.register_namespace("xsi", _XSI)
    root = ET.fromstring(text)
    for adaptation in root.iter(f"{{{MPD_NAMESPACE}}}AdaptationSet"):
        if adaptation.get("contentType") == "video":
            adaptation.set("startWithSAP", "1")
        for element in adaptation.iter():
            if "frameRate" in element.attrib:
                element.set("frameRate", str(fps))
    ET.indent(root)
    return f"{_XML}\n{ET.tostring(root, encoding='unicode')}\n"
