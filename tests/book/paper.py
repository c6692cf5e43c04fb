"""What a page needs on paper."""

A4 = {"width": 674, "height": 986}  # in CSS pixels, less the margins
PRINTED_WIDE = """() => [...document.querySelectorAll("article *")]
    .filter(one => !one.closest("math") && one.getClientRects().length)
    .filter(one => one.getBoundingClientRect().right > innerWidth + 1)
    .map(one => `<${one.localName} class="${one.className}"> ${one.textContent.slice(0, 40)}`)"""
