"""The colors of words on a page, and how far they stand from what lies behind them."""

# Text and background of each element with words of its own, painted layer by layer on a canvas,
# so that transparency and every notation of CSS are resolved by the browser itself.
COLORS = """selector => {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 1;
    const brush = canvas.getContext("2d", {willReadFrequently: true});
    const paint = color => { brush.fillStyle = color; brush.fillRect(0, 0, 1, 1); };
    const read = () => [...brush.getImageData(0, 0, 1, 1).data].slice(0, 3);
    const seen = new Map(), layers = new Map([[null, []]]);
    const behind = each => {
        if (!layers.has(each)) {
            const own = getComputedStyle(each).backgroundColor;
            layers.set(each, [...behind(each.parentElement), own]);
        }
        return layers.get(each);
    };
    for (const element of document.querySelectorAll(selector)) {
        const own = [...element.childNodes].filter(node => node.nodeType === Node.TEXT_NODE);
        if (!own.some(node => node.data.trim()) || !element.checkVisibility()) continue;
        if (element.closest(".headerlink, [aria-hidden=true]")) continue;
        const color = getComputedStyle(element).color;
        const key = behind(element).join() + color;
        if (seen.has(key)) continue;
        paint("white");
        behind(element).forEach(paint);
        const back = read();
        paint(color);
        const words = `<${element.localName} class="${element.className}"> ` +
            element.textContent.trim().slice(0, 30);
        seen.set(key, {words, back, text: read()});
    }
    return [...seen.values()];
}"""


def luminance(color: list[int]) -> float:
    """Compute the relative luminance of an sRGB color (WCAG 2)."""
    linear = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (channel / 255 for channel in color)
    ]
    return sum(w * value for w, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: list[int], other: list[int]) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)
