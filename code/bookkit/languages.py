"""All that differs between languages: one record for each, read by everything else.

A new language is a record here, in `LANGUAGES`, and a folder of pages `book/CODE`.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Citations:
    """How `[Tian et al., 2019]` is written."""

    no_year: str
    between: str  # two citations
    names: str  # between names; then between the only two, and before the last of three
    pair: str
    last: str
    others: str  # all but the first of many
    year: str  # before it
    note: str  # before what an author adds


@dataclass(frozen=True, kw_only=True)
class Print:
    """What the PDF has to know; headings are TeX."""

    leading: str  # distance of lines, as a factor
    noto: str  # the variant of Noto's CJK fonts
    preface: str
    part: str
    chapter: str
    appendix: str
    listing: str  # of a folded cell, and its page; then the page where the code ran
    use: str


@dataclass(frozen=True, kw_only=True)
class Language:
    """A language of the book."""

    code: str  # its folder below `book` and in addresses
    tag: str  # BCP 47
    sphinx: str  # as Sphinx spells it
    locale: str  # as Open Graph spells it
    name: str  # in the language itself, like all that follows
    title: str
    subtitle: str
    colon: str  # between them
    author: str
    license: str
    description: str
    script: str  # ISO 15924
    spaced: bool  # whether spaces part words; else a line break in the source is none
    full_width: bool  # whether punctuation is as wide as the characters
    italics: bool
    plural: str  # an ending that a term may have in a sentence
    prose: str  # by whose rules it is read, see `checks.prose`
    citations: Citations
    print: Print
    words: Mapping[str, str]  # what the build writes into pages
    browser: Mapping[str, object]  # what scripts say
    theme: Mapping[str, str]  # what the theme's own translation leaves in English
    labels: Mapping[str, str]  # recipes and metrics in tables of results
    fillers: str  # words that questions have and answers lack: search passes over them

    @property
    def full_title(self) -> str:
        """Title and subtitle."""
        return f"{self.title}{self.colon}{self.subtitle}"

    @property
    def copyright(self) -> str:
        """Whose the book is, and what others may do with it."""
        return f"2026 {self.author} · {self.license}"

    @property
    def gap(self) -> str:
        """What stands between a heading that runs in and its text."""
        return "\u3000" if self.full_width else " "


CHINESE = Language(
    code="zh",
    tag="zh-CN",
    sphinx="zh_CN",
    locale="zh_CN",
    name="中文",
    title="Keras 中的机器学习",
    subtitle="回顾与展望",
    colon="：",
    author="本书作者",
    license="文字 CC BY-SA 4.0，代码 Apache-2.0",
    description="每段代码都在成书时运行过，复制即可用；"
    "实测的数字来自这次构建，或来自随书保存的参考运行。",
    script="Hani",
    spaced=False,
    full_width=True,
    italics=False,
    plural="",
    prose="Chinese",
    citations=Citations(
        no_year="无日期",
        between="；",
        names="、",
        pair=" 和 ",
        last=" 和 ",
        others="等",
        year="，",
        note="，",
    ),
    print=Print(
        leading="1.26",
        noto="SC",
        preface="前言",
        part=r"第 \thepart\ 部分",
        chapter=r"第 \thechapter\ 章",
        appendix=r"附录 \thechapter",
        listing=r"清单 \booknumber，第 \bookpage\ 页",
        use=r"第 \bookpage\ 页",
    ),
    words={
        "contents": "目录",
        "on this page": "本页内容",
        "search": "搜索",
        "article": "原文对照",
        "hint": "提示",
        "listings": "代码清单",
        "listing": "清单 {number}",
        "back": "返回正文",
        "about listings": "画图、读数据一类的辅助代码，各章只用一行说明做什么，代码都在这里。"
        "每段清单后面的页码指回运行它的地方；几章共用的代码只印一次。",
        "show code": "显示代码",
        "hide code": "收起代码",
        "provenance": "本章如何产生",
        "python": "Python 与主要库",
        "processor": "处理器",
        "cores": "{name}，{count} 核",
        "data": "数据",
        "sample": "样本",
        "full": "完整",
        "dataset": "{name}（{variant}，SHA-256 {hash}…）",
        "dataset in short": "{name}（{variant}）",
        "between": "；",
        "no data": "除库自带的以外没有",
        "seeds": "主要的随机种子",
        "no seeds": "没有随机数",
        "time": "执行用时",
        "seconds": "{value:.1f} 秒",
        "downloads": "下载",
        "notebook": "笔记本",
        "script": "脚本",
        "not executed": "本章没有代码单元。",
        "tests": "这段代码的测试",
        "tests in short": "测试",
        "copy with imports": "连同导入语句复制",
        "needs": "用到：",
        "listed": "、",
        "program": "程序",
        "name": "名称",
        "does": "作用",
        "explained": "讲解",
        "other messages": "没有写明类型的",
        "recipe": "方案",
        "seed": "种子",
        "mean": "平均\u00a0±\u00a0标准差",
        "minus": "{metric}，减去“{recipe}”",
        "over": "{metric}，与“{recipe}”之比",
        "commit": "提交",
        "date": "构建日期（UTC）",
        "edition": "{day} 版，提交 {commit}",
        "page": "章",
        "toggle primary": "显示或隐藏目录",
        "toggle secondary": "显示或隐藏本页内容",
        "pages": "全书目录",
        "open in": "在 {name} 中运行",
        "whole book": "全书 {format}",
        "cover": "封面",
        "unused": "不用：",
        "about the site": "每段代码都在成书时运行的机器学习书，中英双语。",
        "promise": "书中的每段代码都在成书时运行过，复制即可用。",
        "machines": "下面每一页都是 Markdown：正文、成书时运行的代码，以及代码打印的结果。"
        "地址去掉末尾的 .md 就是网页。",
        "start": "从这里开始",
        "read": "阅读中文版",
        "no such page": "没有这一页",
        "moved": '它也许换了地址。可以从<a href="{index}">首页</a>找起，或者搜索：',
    },
    browser={
        "scrolling": {"pre": "代码或输出", "math": "公式", "table": "表格", "diagram": "示意图"},
        "found": {"other": "{n} 页"},
        "nothing": "没有找到",
        "mended": "，按 {words} 查找",
        "titles": "（以文件方式打开时只列出小节，不摘引原文）",
        "copied": "已复制",
        "not copied": "没能复制",
        "snippets": {
            "filter": "筛选代码片段",
            "hint": "名称、作用、章名或导入的包",
            "shown": {"other": "{n} 个片段"},
        },
        "messages": {"filter": "输入或粘贴报错，列表随之缩短：", "shown": {"other": "{n} 条"}},
        "digit": {
            "board": "画板：在这里写一个数字",
            "here": "在这里写，一动笔示例就消失",
            "help": "用鼠标或手指写。用键盘：方向键移动笔，空格落笔或提笔，Delete 清空。",
            "clear": "清空",
            "example": "看一个测试数字",
            "empty": "写一个 0 到 9 的数字。",
            "black": "画板涂满了，没有留白，不作判断。",
            "said": "网络说是 {digit}，概率 {share}。",
            "first": "这是一个测试数字，网络说是 {digit}。你也写一个。",
            "truly": "网络说是 {digit}，概率 {share}。标签是 {truth}。",
            "answers": "十个概率",
            "seen": "网络看到的 8 × 8",
            "units": "对这个答案影响最大的八个隐藏单元：蓝处要有墨，橙处不要有",
            "down": "落笔。",
            "up": "提笔。",
        },
        "neuron": {
            "plane": "两个开关的平面、神经元从“否”转为“是”的直线，和你选的点",
            "axes": "横轴是 x₁，楼下的开关；纵轴是 x₂，楼上的开关；0 朝下，1 朝上。",
            "task": "要说“是”的情形",
            "any": "至少一个朝上",
            "both": "两个都朝上",
            "lamp": "灯亮",
            "first": "权重 w₁",
            "second": "权重 w₂",
            "bias": "偏置 b",
            "point": "你选的点",
            "reset": "复原",
            "right": "四个角答对 {count} 个。",
            "flat": "两个权重都是 0，没有分界线。",
            "sum": "在你选的点，z = {first} · {x} + {second} · {y} + {bias} = {z}，a = {a}。",
            "invalid": "请输入 −1000 到 1000 之间的数。",
            "help": "圆该答“否”，三角该答“是”，虚线圈标出答错的。"
            "与直线同色的圆点可以拖动，也可以选中后按方向键。",
        },
        "descent": {
            "plane": "山谷的等高线和走过的路径",
            "axes": "横轴是 w₁，沿着山谷；纵轴是 w₂，横跨山谷，画时拉长了。",
            "rate": "学习率",
            "start": "起点",
            "momentum": "动量 0.9",
            "reset": "复原",
            "from": "起点 w₁ = {along}，w₂ = {across}。",
            "factors": "每走一步，w₁ 乘以 {along}，w₂ 乘以 {across}。",
            "arrives": "从第 {step} 步起，离最小值始终不超过 {within}。",
            "leaves": "第 {step} 步走出了画面。",
            "crawls": "走了 {steps} 步，离最小值还有 {distance}。",
            "invalid": "请输入一个大于 0 的学习率。",
            "help": "圆点是起点：可以拖动，也可以选中后按方向键；点一下图上别处，起点就移到那里。",
        },
        "boxes": {
            "stage": "{size} × {size} 像素的场景，里面的框可以拖动",
            "help": "拖动框，或拖动右下角改变大小。用键盘：Tab 在框之间移动，方向键移动框，"
            "Shift 加方向键改变大小，回车选中。交并比取最近选中的两个框。"
            "每条边不短于 {least} 像素，所以拖不出没有面积的框；分数相同时，列表里靠前的优先。",
            "threshold": "阈值",
            "shared": "公共面积：{width} × {height} = {shared} 平方像素",
            "union": "一共覆盖：{one} + {two} − {shared} = {union}",
            "iou": "{first} 与 {second} 的 IoU：{shared} / {union} {equals} {iou}",
            "box": "框 {name}，宽 {width}、高 {height} 像素，左 {left}，上 {top}",
            "choose": "选中框 {name}",
            "score": "{name} 的分数",
            "stays": "留下",
            "goes": "去掉：与 {rival} 的 IoU 是 {iou}",
            "said": "{first} 与 {second} 的 IoU：{iou}。留下：{kept}。",
            "between": "、",
            "again": "重新开始",
            "scenes": ["前面的四个框", "检测器的框"],
        },
    },
    theme={"Color mode": "颜色模式", "System Settings": "跟随系统"},
    labels={
        "article-network": "文章的网络",
        "improved-network": "改进的网络",
        "two-groups": "两类：交通工具与动物",
        "ten-categories": "CIFAR-10 的十个类别",
        "all-train": "全部训练图像",
        "overfit-16": "16 张图像，用同样的图像测试",
        "as-here": "本章的做法",
        "black-bars": "保持形状，两边补黑",
        "rgb": "通道为红、绿、蓝",
        "pixels-0-to-1": "像素只除以 255",
        "pixels-0-to-255": "像素原样送入",
        "cell-corners": "从格子的角算起，不加半格",
        "padding-same": "步幅为 2 的卷积用 same 填充",
        "training-images": "本章的做法，在训练图像上",
        "svm-kept": "线性 SVM，保留帖子头",
        "svm-stripped": "线性 SVM，剥离后",
        "svm-headers": "线性 SVM，只有帖子头",
        "bag-kept": "词袋网络，保留帖子头",
        "bag-stripped": "词袋网络，剥离后",
        "average-kept": "嵌入平均，保留帖子头",
        "average-stripped": "嵌入平均，剥离后",
        "convolution-kept": "卷积，保留帖子头",
        "convolution-stripped": "卷积，剥离后",
        "lstm-kept": "LSTM，保留帖子头",
        "lstm-stripped": "LSTM，剥离后",
        "dictionary": "词典",
        "softmax": "softmax",
        "crf": "条件随机场",
        "committee": "三个网络的委员会",
        "no-shares": "一个网络，不用占比",
        "member_f1": "单个网络的 F1",
        "two_f1": "两个网络的 F1",
        "test_accuracy": "测试准确率",
        "training_accuracy": "训练准确率（最后一轮）",
        "calibration_error": "校准误差",
        "f1": "F1（微平均）",
        "macro_f1": "宏平均 F1",
        "precision": "精确率",
        "recall": "召回率",
        "parameters": "参数量",
        "cpu_s": "处理器时间（秒）",
        "AP_lost": "AP 下降",
        "AP_lost_low": "下限",
        "AP_lost_high": "上限",
        "training_cpu_s": "训练的处理器时间（秒）",
        "training_s": "训练时间（秒）",
        "training_flops": "训练的浮点运算次数",
        "gflop_per_cpu_s": "每处理器秒 GFLOP",
        "one_view_accuracy": "测试准确率（一个视图）",
        "above": "上一行",
        "fast-small": "快速",
        "fast-short": "短程序",
        "fast-large": "快速而宽",
        "whole": "完整的方法",
        "no-flips": "不翻转",
        "no-shifts": "不平移",
        "no-whitening": "白化层改为学习",
        "no-dirac": "不用恒等初始化",
        "no-smoothing": "不平滑标签",
        "no-average": "不平均权重",
        "random-flips": "抛硬币决定翻转",
        "all-statistics": "用整批统计",
        "float32": "float32",
        "bare": "一样也不用",
        "up-to-flips": "＋轮流翻转",
        "up-to-shifts": "＋平移",
        "up-to-whitening": "＋白化",
        "up-to-dirac": "＋恒等初始化",
        "up-to-smoothing": "＋标签平滑",
        "keras-io-convmixer": "ConvMixer（keras.io）",
        "keras-io-cct": "CCT（keras.io）",
        "keras-io-cutmix": "CutMix（keras.io）",
        "airbench94": "airbench94（GPU）",
    },
    fillers=(
        "怎么办 怎么 怎样 怎麼 如何 为什么 什么是 是什么 什么 是什么意思 意思 哪个 哪些 "
        "有什么 有哪些 多少 是 的 了 吗 呢 和 与 在 有 用 我 我的 请问 可以 应该 "
        "要不要 能不能 一直 总是 老是 会 要 该 很 how to what is the"
    ),
)

ENGLISH = Language(
    code="en",
    tag="en",
    sphinx="en",
    locale="en_US",
    name="English",
    title="Machine Learning in Keras",
    subtitle="Review and Outlook",
    colon=": ",
    author="The authors of this book",
    license="text CC BY-SA 4.0, code Apache-2.0",
    description="Every snippet ran while this book was built, exactly as you copy it. "
    "What is measured comes from this build or from a reference run kept with the book.",
    script="Latn",
    spaced=True,
    full_width=False,
    italics=True,
    plural="s",
    prose="English",
    citations=Citations(
        no_year="n.d.",
        between=", ",
        names=", ",
        pair=" and ",
        last=", and ",
        others="et al.",
        year=", ",
        note=", ",
    ),
    print=Print(
        leading="1.05",
        noto="SC",
        preface="Preface",
        part=r"Part \thepart",
        chapter=r"Chapter \thechapter",
        appendix=r"Appendix \thechapter",
        listing=r"Listing \booknumber, page \bookpage",
        use=r"page \bookpage",
    ),
    words={
        "contents": "Contents",
        "on this page": "On this page",
        "search": "Search",
        "article": "The article",
        "hint": "Hint",
        "listings": "Listings",
        "listing": "Listing {number}",
        "back": "Back to the text",
        "about listings": "Code that draws, loads or checks: the chapters say in one line what it "
        "does, and here it stands in full. The page beside a listing leads back to where it ran; "
        "code that several chapters share is printed once.",
        "show code": "Show the code",
        "hide code": "Hide the code",
        "provenance": "How this chapter was made",
        "python": "Python and main packages",
        "processor": "Processor",
        "cores": "{name}, {count} cores",
        "data": "Data",
        "sample": "sample",
        "full": "full",
        "dataset": "{name} ({variant}, SHA-256 {hash}…)",
        "dataset in short": "{name} ({variant})",
        "between": "; ",
        "no data": "none but what the libraries bring",
        "seeds": "Main random seed",
        "no seeds": "nothing random",
        "time": "Execution time",
        "seconds": "{value:.1f} s",
        "downloads": "Download",
        "notebook": "notebook",
        "script": "script",
        "not executed": "This chapter has no code cells.",
        "tests": "Tests of this code",
        "tests in short": "Tests",
        "copy with imports": "Copy with imports",
        "needs": "Needs ",
        "listed": ", ",
        "program": "Program",
        "name": "Name",
        "does": "What it does",
        "explained": "Explained in",
        "other messages": "Without a type",
        "recipe": "Recipe",
        "seed": "Seed",
        "mean": "Mean\u00a0±\u00a0SD",
        "minus": "{metric}, minus “{recipe}”",
        "over": "{metric}, over “{recipe}”",
        "commit": "Commit",
        "date": "Date of the build (UTC)",
        "edition": "Edition of {day}, commit {commit}",
        "page": "Page",
        "toggle primary": "Show or hide the contents",
        "toggle secondary": "Show or hide the contents of this page",
        "pages": "Contents of the book",
        "open in": "Run in {name}",
        "whole book": "The book as {format}",
        "cover": "Cover",
        "unused": "Not: ",
        "about the site": "An executed book on machine learning in Keras, in Chinese and English.",
        "promise": "Every snippet ran while the book was built, exactly as you copy it.",
        "machines": "Each page below is Markdown: its text, the code that ran while the book was "
        "built, and what that code printed. Without .md at its end, an address is the web page's.",
        "start": "Start here",
        "read": "Read in English",
        "no such page": "There is no such page",
        "moved": 'It may have moved. Start from the <a href="{index}">first page</a>, or search:',
    },
    browser={
        "scrolling": {
            "pre": "Code or output",
            "math": "Formula",
            "table": "Table",
            "diagram": "Diagram",
        },
        "found": {"one": "{n} page", "other": "{n} pages"},
        "nothing": "Nothing found",
        "mended": ", looking for {words}",
        "titles": " (Opened as a file, the book names sections without quoting them)",
        "copied": "Copied",
        "not copied": "Could not copy",
        "snippets": {
            "filter": "Filter the snippets",
            "hint": "Name, what it does, chapter or package",
            "shown": {"one": "{n} snippet", "other": "{n} snippets"},
        },
        "messages": {
            "filter": "Type or paste a message, and the list gets shorter:",
            "shown": {"one": "{n} message", "other": "{n} messages"},
        },
        "digit": {
            "board": "Board: draw a digit here",
            "here": "Draw here: it replaces the example",
            "help": "Draw with mouse or finger. By keyboard: arrows move the pen, "
            "space puts it down or lifts it, Delete clears.",
            "clear": "Clear",
            "example": "Show a test digit",
            "empty": "Draw a digit, 0 to 9.",
            "black": "No part of the board is left white: no verdict.",
            "said": "The network says {digit}, with a probability of {share}.",
            "first": "A test digit. The network says {digit}. Now draw your own.",
            "truly": "The network says {digit}, with a probability of {share}. "
            "The label says {truth}.",
            "answers": "Ten probabilities",
            "seen": "What the network sees, 8 × 8",
            "units": "The eight hidden units that weigh most in this answer: "
            "each looks for ink where it is blue, for none where it is orange",
            "down": "Pen down.",
            "up": "Pen up.",
        },
        "neuron": {
            "plane": "Two switches, the line where the neuron turns from no to yes, your point",
            "axes": "To the right x₁, downstairs; upward x₂, upstairs; 0 is down, 1 is up.",
            "task": "Yes if",
            "any": "at least one is up",
            "both": "both are up",
            "lamp": "the lamp is on",
            "first": "Weight w₁",
            "second": "Weight w₂",
            "bias": "Bias b",
            "point": "Your point",
            "reset": "Reset",
            "right": "Right at {count} of 4 corners.",
            "flat": " Both weights are 0: there is no line.",
            "sum": "At your point z = {first} · {x} + {second} · {y} + {bias} = {z}, a = {a}.",
            "invalid": "Type numbers from −1000 to 1000.",
            "help": "Circles should get no, triangles yes; a dashed ring marks a wrong answer. "
            "Drag the dot that has the color of the line, or select it and press the arrow keys.",
        },
        "descent": {
            "plane": "Contours of the valley, and the path",
            "axes": "To the right w₁, along the valley; upward w₂, across it, stretched.",
            "rate": "Learning rate",
            "start": "Start",
            "momentum": "Momentum 0.9",
            "reset": "Reset",
            "from": "Start at w₁ = {along}, w₂ = {across}.",
            "factors": " Each step multiplies w₁ by {along} and w₂ by {across}.",
            "arrives": "From step {step} on it stays within {within} of the minimum.",
            "leaves": "It leaves the picture at step {step}.",
            "crawls": "After {steps} steps it is {distance} away from the minimum.",
            "invalid": "Type a learning rate above 0.",
            "help": "The dot is the start: drag it, or select it and press the arrow keys; "
            "a click elsewhere in the picture moves it there.",
        },
        "boxes": {
            "stage": "Scene of {size} × {size} pixels with boxes to drag",
            "help": "Drag a box, or its lower right corner to resize it. By keyboard: Tab goes "
            "from box to box, arrows move a box, Shift and arrows resize it, Enter chooses it. "
            "IoU is that of the two boxes chosen last. Every side keeps {least} pixels, so no box "
            "can be left without an area; of equal scores, the first in the list wins.",
            "threshold": "Threshold",
            "shared": "Shared: {width} × {height} = {shared} square pixels",
            "union": "Covered: {one} + {two} − {shared} = {union}",
            "iou": "IoU of {first} and {second}: {shared} / {union} {equals} {iou}",
            "box": "Box {name}, {width} × {height} pixels, left {left}, top {top}",
            "choose": "Choose box {name}",
            "score": "Score of {name}",
            "stays": "stays",
            "goes": "goes: IoU {iou} with {rival}",
            "said": "IoU of {first} and {second}: {iou}. Kept: {kept}.",
            "between": ", ",
            "again": "Start again",
            "scenes": ["The four boxes", "The detector's boxes"],
        },
    },
    theme={},
    labels={
        "article-network": "The article's network",
        "improved-network": "The improved network",
        "two-groups": "Vehicles and animals",
        "ten-categories": "CIFAR-10's ten categories",
        "all-train": "All training images",
        "overfit-16": "16 images, tested on the same",
        "as-here": "As in this chapter",
        "black-bars": "Shape kept, black bars",
        "rgb": "Channels red, green, blue",
        "pixels-0-to-1": "Pixels only divided by 255",
        "pixels-0-to-255": "Pixels as they are",
        "cell-corners": "From corners of cells, without the half",
        "padding-same": "Same padding at stride 2",
        "training-images": "As in this chapter, on training images",
        "svm-kept": "Linear SVM, headers kept",
        "svm-stripped": "Linear SVM, stripped",
        "svm-headers": "Linear SVM, headers only",
        "bag-kept": "Bag of words, headers kept",
        "bag-stripped": "Bag of words, stripped",
        "average-kept": "Mean of embeddings, headers kept",
        "average-stripped": "Mean of embeddings, stripped",
        "convolution-kept": "Convolution, headers kept",
        "convolution-stripped": "Convolution, stripped",
        "lstm-kept": "LSTM, headers kept",
        "lstm-stripped": "LSTM, stripped",
        "dictionary": "Dictionary",
        "softmax": "Softmax",
        "crf": "CRF",
        "committee": "committee of three networks",
        "no-shares": "one network without shares",
        "member_f1": "F1 of one network",
        "two_f1": "F1 of two",
        "test_accuracy": "Test accuracy",
        "training_accuracy": "Training accuracy (last epoch)",
        "calibration_error": "Calibration error",
        "f1": "F1 (micro)",
        "macro_f1": "Macro F1",
        "precision": "Precision",
        "recall": "Recall",
        "parameters": "Parameters",
        "cpu_s": "Processor time (s)",
        "AP_lost": "AP lost",
        "AP_lost_low": "from",
        "AP_lost_high": "to",
        "training_cpu_s": "Processor time of training (s)",
        "training_s": "Time of training (s)",
        "training_flops": "FLOPs of training",
        "gflop_per_cpu_s": "GFLOP per processor second",
        "one_view_accuracy": "Test accuracy, one view",
        "above": "Row above",
        "fast-small": "Fast",
        "fast-short": "Short recipe",
        "fast-large": "Fast and wide",
        "whole": "The whole recipe",
        "no-flips": "No flips",
        "no-shifts": "No shifts",
        "no-whitening": "First layer learned, not whitened",
        "no-dirac": "No Dirac initialization",
        "no-smoothing": "No label smoothing",
        "no-average": "No average of weights",
        "random-flips": "Flips by coin",
        "all-statistics": "Statistics of the whole batch",
        "float32": "float32",
        "bare": "None of the six",
        "up-to-flips": "+ flips by turns",
        "up-to-shifts": "+ shifts",
        "up-to-whitening": "+ whitening",
        "up-to-dirac": "+ Dirac initialization",
        "up-to-smoothing": "+ label smoothing",
        "keras-io-convmixer": "ConvMixer (keras.io)",
        "keras-io-cct": "CCT (keras.io)",
        "keras-io-cutmix": "CutMix (keras.io)",
        "airbench94": "airbench94 (GPU)",
    },
    fillers=(
        "how to do does i my a an the is are of in on and or what why which when with for "
        "it we you your should can need me about always get got has have still there this very"
    ),
)

LANGUAGES = {record.code: record for record in (CHINESE, ENGLISH)}
ORIGINAL = "zh"  # the others are checked against it, and its pages run: all have the same cells
FALLBACK = "en"  # for readers of a language that the book lacks
LABELLED = "en"  # the labels of diagrams are written in it, and translated into the others
