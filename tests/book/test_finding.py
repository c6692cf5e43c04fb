"""Finding things: queries that readers type lead to the page that answers them."""

import re

import pytest
from playwright.sync_api import expect

from bookkit.languages import LANGUAGES
from bookkit.paths import SITE

# What is typed, and the page that should come first.
QUERIES = {
    "zh": {
        "批次大小": "concepts/batch-size",
        "交叉熵": "concepts/losses",
        "反向传播": "concepts/backpropagation",
        "提前停止": "workflow/training",
        "数据泄漏": "workflow/testing",
        "优化器比较": "concepts/compiling",
        "学习率": "concepts/compiling",
        "乱码": "concepts/pipelines",
        "缺失值": "concepts/data",
        "非极大值抑制": "applications/object-detection",
        "随机种子": "workflow/training",
        "生成对抗网络": "concepts/generative",
        "长短期记忆网络": "concepts/models",
        "激活函数": "concepts/neurons",
        "安装后端": "workflow/setup",
        "输出形状": "workflow/building",
        "校准": "applications/image-classification",
        "条件随机场": "applications/named-entities",
        "基金会": "frameworks/pytorch",
        "数据增强": "applications/image-classification",
    },
    "en": {
        "batch size": "concepts/batch-size",
        "cross-entropy": "concepts/losses",
        "huber": "concepts/losses",
        "early stopping": "workflow/training",
        "leakage": "workflow/testing",
        "optimizers compared": "concepts/compiling",
        "gradient noise": "concepts/batch-size",
        "excel": "concepts/pipelines",
        "missing values": "concepts/data",
        "average precision": "applications/object-detection",
        "reliability curve": "applications/image-classification",
        "generative adversarial network": "concepts/generative",
        "gru": "concepts/models",
        "activation function": "concepts/neurons",
        "install a backend": "workflow/setup",
        "viterbi": "applications/named-entities",
        "PyDataset": "concepts/pipelines",
        "jit_compile": "concepts/compiling",
        "PyTorch Foundation": "frameworks/pytorch",
        "GradientTape": "frameworks/tensorflow",
    },
}
RESULTS = "#book-search-results .book-search-title"


def open_box(context, address):
    page = context.new_page()
    page.goto(address)
    page.keyboard.press("Control+k")
    expect(page.locator("#pst-search-dialog input")).to_be_focused()
    return page


@pytest.mark.parametrize("language", LANGUAGES)
def test_twenty_queries_lead_to_their_pages(context, server, language):
    page = open_box(context, f"{server}/{language}/index.html")
    wrong = {}
    for query, wanted in QUERIES[language].items():
        page.fill("#pst-search-dialog input", "")
        expect(page.locator(RESULTS)).to_have_count(0)
        page.fill("#pst-search-dialog input", query)
        expect(page.locator(RESULTS).first).to_be_visible()
        first = page.locator(RESULTS).first.get_attribute("href")
        if first != f"/{language}/{wanted}.html":
            wrong[query] = first
    assert wrong == {}


def test_hits_are_sections_with_the_words_marked(context, server):
    page = open_box(context, f"{server}/zh/concepts/neurons.html")
    page.fill("#pst-search-dialog input", "学习率")
    hit = page.locator("#book-search-results .book-search-section").first
    expect(hit).to_be_visible()
    assert "#sec-" in hit.get_attribute("href")
    marks = hit.locator("mark").all_inner_texts()
    assert "学习率" in "".join(marks)
    hit.click()
    expect(page.locator("#pst-search-dialog")).to_be_hidden()
    assert "/zh/" in page.url
    assert "#sec-" in page.url


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("☃☃", "Nothing found"),
        ("zzzzqqq", "Nothing found"),
        ("KERAS_BACKEND", "pages"),
    ],
)
def test_the_number_of_pages_is_said(context, server, query, said):
    page = open_box(context, f"{server}/en/index.html")
    page.fill("#pst-search-dialog input", query)
    expect(page.locator("#book-search-status")).to_contain_text(said)


@pytest.mark.parametrize(("language", "query"), [("zh", "模型"), ("en", "training")])
def test_more_hits_come_when_the_last_one_is_reached(context, server, language, query):
    page = open_box(context, f"{server}/{language}/index.html")
    fetched = []
    page.on("request", lambda each: "fragment" in each.url and fetched.append(each.url))
    page.fill("#pst-search-dialog input", query)
    hits = page.locator(RESULTS)
    expect(hits).to_have_count(4)
    page.wait_for_load_state("networkidle")
    assert len(fetched) == 4
    said = page.locator("#book-search-status").inner_text()
    count = int(re.match(r"\d+", said)[0])
    assert count > 8
    for shown in range(4, count, 4):
        hits.nth(shown - 1).scroll_into_view_if_needed()
        expect(hits.nth(min(shown + 4, count) - 1)).to_be_attached()
    expect(hits).to_have_count(count)
    assert len(set(hits.evaluate_all("links => links.map(link => link.href)"))) == count


def test_the_keyboard_reaches_every_hit(context, server):
    page = open_box(context, f"{server}/en/index.html")
    page.keyboard.type("cross-entropy")
    expect(page.locator(RESULTS).first).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.locator(RESULTS).first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#pst-search-dialog input")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/concepts/losses.html")


@pytest.mark.parametrize(("language", "query"), [("zh", "损失"), ("en", "leakage")])
def test_as_a_file_the_box_filters_titles(context, site_file, language, query):
    page = open_box(context, site_file(f"{language}/concepts/neurons.html").as_uri())
    page.fill("#pst-search-dialog input", query)
    hit = page.locator(RESULTS, has=page.locator(".book-search-place")).first  # of a section
    expect(hit).to_contain_text(query, ignore_case=True)
    target = hit.get_attribute("href")
    assert target.startswith((SITE / language).as_uri())
    hit.click()
    expect(page.locator(f"[id='{target.split('#')[1]}']")).to_be_attached()
