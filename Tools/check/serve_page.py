"""What `serve-page` does in the browser.

Usage: serve_page.py GRAPHRUN WORK_FOLDER SCREENSHOT_FOLDER
"""

import pathlib
import signal
import subprocess
import sys
import zipfile

from playwright.sync_api import expect, sync_playwright

program = sys.argv[1]
work, shots = (pathlib.Path(argument) for argument in sys.argv[2:4])
passed = 0


def check(holds, what):
    global passed
    if not holds:
        sys.exit(f"does not hold: {what}")
    passed += 1
    print(f"  {what}")


def run(*arguments):
    subprocess.run([program, *map(str, arguments)], check=True, stdout=subprocess.DEVNULL)


def sample_pictures():
    """Three pictures and a file that is none."""
    run("sample-pictures", work / "large", "--count", 1, "--size", "960x640", "--seed", 8)
    run("sample-pictures", work / "small", "--count", 3, "--size", "240x160", "--seed", 5)
    pictures = []
    for number, name in enumerate(["harbour.png", "Übersee.png", "bread & butter+jam.png"]):
        source = work / "small" / f"{number + 1:04}.png"
        pictures.append(source.rename(work / name))
    large = next((work / "large").glob("*.png")).rename(work / "large.png")
    bad = work / "page.png"
    bad.write_text("<!doctype html><title>not found</title>")
    return pictures, large, bad


def rows(page):
    return page.locator("#pictures li")


def row(page, name):
    return rows(page).filter(has=page.get_by_text(name, exact=True))


def is_finished(page, name):
    expect(row(page, name).locator(".download")).to_be_visible(timeout=120_000)


def wait_until(page, expression):
    """As Playwright's own function, which the page's policy keeps from evaluating text again and again."""
    for _ in range(600):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(100)
    sys.exit(f"never holds: {expression}")


def picture_is_drawn(page, identifier):
    wait_until(page, f"(image => image.complete && image.naturalWidth > 0)(document.getElementById('{identifier}'))")


def go_through(page, pictures, large, bad):
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    faults = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))

    page.goto(address)
    expect(page.locator(".invitation")).to_be_visible()
    wait_until(page, "document.querySelectorAll('#scales input').length === 3")
    page.screenshot(path=shots / "1-empty-light.png")
    check(page.locator("#scales input:checked").input_value() == "4", "four times is chosen at first")

    page.set_input_files("#files", pictures[0])
    is_finished(page, pictures[0].name)
    picture_is_drawn(page, "bicubic-picture")
    picture_is_drawn(page, "result-picture")
    sizes = page.evaluate("['result-picture', 'bicubic-picture'].map(id => document.getElementById(id).naturalWidth)")
    check(sizes == [960, 960], "the result and bicubic's are four times as wide")
    page.screenshot(path=shots / "2-one-light.png")

    stage = page.locator("#stage").bounding_box()
    middle = (stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] / 2)
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(stage["x"] + stage["width"] / 4, middle[1], steps=8)
    page.mouse.up()
    split = float(page.locator("#split").input_value())
    check(abs(split - 25) < 2, "the divider follows the pointer")
    page.locator("#split").press("ArrowRight")
    check(float(page.locator("#split").input_value()) == split + 0.5, "and the keyboard")
    page.get_by_role("button", name="200").click()
    page.mouse.move(*middle)
    page.mouse.move(middle[0] + 300, middle[1])
    page.mouse.down()
    page.mouse.move(middle[0] + 200, middle[1] - 60, steps=5)
    page.mouse.up()
    page.locator("#split").fill("50")
    scale = page.evaluate("new DOMMatrix(getComputedStyle(document.getElementById('result-picture')).transform).a")
    check(abs(scale - 2) < 1e-6, "at 200 % a pixel of the picture takes two of the screen")
    page.screenshot(path=shots / "3-zoomed-light.png")
    page.mouse.wheel(0, -200)
    wait_until(page, "new DOMMatrix(getComputedStyle(document.getElementById('result-picture')).transform).a > 2.1")
    page.get_by_role("button", name="Fit").click()

    with page.expect_download() as download:
        row(page, pictures[0].name).locator(".download").click()
    check(download.value.suggested_filename == "harbour-x4.png", "the download has the picture's name")
    run("infer", pictures[0], "-o", work / "big.png")
    check(pathlib.Path(download.value.path()).read_bytes() == (work / "big.png").read_bytes(), "and infer's bytes")

    page.get_by_text("2×").click()
    page.select_option("#format", "WebP")
    page.set_input_files("#files", [pictures[1], bad, pictures[2], large])
    is_finished(page, pictures[1].name)
    is_finished(page, pictures[2].name)
    message = row(page, bad.name).locator(".message").inner_text()
    check("not a PNG, JPEG or WebP file" in message, f"what is no picture is told: {message}")
    is_finished(page, large.name)
    page.screenshot(path=shots / "4-several-light.png")

    with page.expect_download() as download:
        page.get_by_role("button", name="Download all").click()
    names = sorted(zipfile.ZipFile(download.value.path()).namelist())
    check(names == sorted(["harbour-x4.png", "Übersee-x2.webp", "bread & butter+jam-x2.webp", "large-x2.webp"]), "all come as one archive")
    check(zipfile.ZipFile(download.value.path()).testzip() is None, "which is whole")
    stored = zipfile.ZipFile(download.value.path()).read("harbour-x4.png")
    check(stored == (work / "big.png").read_bytes(), "with the same bytes")

    page.get_by_text("4×").click()
    page.select_option("#format", "PNG")
    page.set_input_files("#files", [large, pictures[1]])
    working = page.locator("#pictures li:has(progress:visible)")
    expect(working).to_have_count(1, timeout=30_000)
    wait_until(page, "[...document.querySelectorAll('#pictures .facts')].some(facts => facts.textContent.endsWith(' left'))")
    check(0 < float(working.locator("progress").get_attribute("value") or working.locator("progress").evaluate("p => p.value")) < 1,
          "progress and the time that is left are shown")
    row(page, pictures[0].name).locator(".thumbnail").click()
    page.get_by_role("button", name="200").click()
    working.scroll_into_view_if_needed()
    page.evaluate("document.getElementById('pictures').scrollTo(0, 1e6)")
    page.mouse.move(0, 0)
    page.screenshot(path=shots / "5-working-light.png")
    count = rows(page).count()
    working.get_by_role("button", name="Cancel").click()
    expect(rows(page)).to_have_count(count - 1)
    wait_until(page, "!document.title.startsWith('(')")
    check(rows(page).count() == count - 1, "a cancelled picture is gone, and the next has its turn")

    page.reload()
    expect(rows(page)).to_have_count(count - 1, timeout=20_000)
    expect(page.locator("#pictures .download:visible")).to_have_count(5)
    check(True, "a page that is loaded again has all pictures")
    page.emulate_media(color_scheme="dark")
    picture_is_drawn(page, "bicubic-picture")
    page.screenshot(path=shots / "6-again-dark.png")
    page.set_viewport_size({"width": 420, "height": 900})
    page.wait_for_timeout(300)
    page.screenshot(path=shots / "7-narrow-dark.png", full_page=True)
    page.set_viewport_size({"width": 1360, "height": 850})
    page.get_by_role("button", name="Remove all").click()
    expect(page.locator(".invitation")).to_be_visible()
    check(page.evaluate("fetch('pictures').then(answer => answer.json()).then(all => all.pictures.length)") == 0,
          "pictures that are removed are gone")
    page.screenshot(path=shots / "8-empty-dark.png")

    page.emulate_media(color_scheme="light")
    drop(page, pictures)
    for picture in pictures:
        is_finished(page, picture.name)
    check(True, "pictures that are dropped are taken")
    drop(page, [pictures[0]] * 100)
    full = page.locator("#pictures .message", has_text="holds 100 pictures at once").first
    expect(full).to_be_visible(timeout=60_000)
    check(True, "a hundred pictures are taken, and no more")
    page.screenshot(path=shots / "9-hundred-light.png")
    page.get_by_role("button", name="Remove all").click()

    check(all(url.startswith((address, "blob:" + address.rsplit("/", 2)[0])) for url in requests), "nothing else is asked for")
    # Browsers tell each answer that is no success, as those to the pictures beyond the hundredth.
    others = [fault for fault in faults if "413 (Content Too Large)" not in fault]
    check(others == [], f"the browser has no complaint: {others}")


def drop(page, files):
    """Drops files on the page, as an event with their contents."""
    contents = [{"name": file.name, "bytes": list(file.read_bytes())} for file in files[:3]]
    page.evaluate(
        """([contents, count]) => {
            const transfer = new DataTransfer()
            for (let index = 0; index < count; index += 1) {
                const { name, bytes } = contents[index % contents.length]
                transfer.items.add(new File([new Uint8Array(bytes)], name, { type: "image/png" }))
            }
            document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }))
        }""", [contents, len(files)])


def another_page_cannot_use_it(browser):
    """A page of another origin, which even knows the address."""
    page = browser.new_page()
    page.route("http://other.example/", lambda route: route.fulfill(body="<title>other</title>", content_type="text/html"))
    page.goto("http://other.example/")
    for options in ["{}", "{ method: 'POST', body: 'x', mode: 'no-cors' }", "{ method: 'DELETE' }"]:
        result = page.evaluate(
            "([address, options]) => fetch(address + 'pictures?model=0', eval(`(${options})`))"
            ".then(answer => answer.type === 'opaque' ? 'opaque' : 'read', () => 'refused')", [address, options])
        check(result in ("refused", "opaque"), f"another page cannot read: fetch {options} is {result}")
    shows = page.evaluate(
        "address => new Promise(resolve => { const image = new Image(); image.onload = () => resolve('shown');"
        " image.onerror = () => resolve('refused'); image.src = address + 'icon.svg' })", address)
    check(shows == "refused", "nor show a picture of it")
    page.goto(address)
    check(page.evaluate("fetch('pictures').then(answer => answer.json()).then(all => all.pictures.length)") == 0,
          "nor add or remove one")
    page.close()


pictures, large, bad = sample_pictures()
server = subprocess.Popen([program, "serve"], stdout=subprocess.PIPE, text=True)
try:
    address = server.stdout.readline().strip()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1360, "height": 850}, color_scheme="light")
        go_through(page, pictures, large, bad)
        another_page_cannot_use_it(browser)
        server.send_signal(signal.SIGINT)
        check(server.wait(timeout=10) == 0, "Ctrl-C ends it with code 0")
        expect(page.locator("#gone")).to_be_visible(timeout=15_000)
        check(True, "and the page says so")
        browser.close()
finally:
    if server.poll() is None:
        server.kill()
print(f"{passed} passed, 0 failed")
