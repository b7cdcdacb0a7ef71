from pathlib import Path
from tests.factories import user_with
from tests.browser.visits import PHONE, DESKTOP
from axe_playwright_python.sync_playwright import Axe
DATA = Path(__file__).parent.parent / "data"
OUT = Path("/tmp/look-imports"); OUT.mkdir(exist_ok=True)

def shot(w, name):
    r = Axe().run(w.page)
    v = [(x["id"], [n["target"] for n in x["nodes"]][:3]) for x in r.response["violations"]]
    over = w.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    print(name, "axe:", v, "overflow:", over, "bytes", len(w.page.content()))
    w.page.screenshot(path=str(OUT / f"{name}.png"), full_page=True, clip=None)

def both(w, p, name):
    shot(w, name)
    p.goto(w.page.url.replace(w.base, ""))
    shot(p, name + "-phone-dark")

def test_look(visit):
    staff = user_with("staff")
    w = visit(staff)
    p = visit(staff, viewport=PHONE, color_scheme="dark")
    w.goto("/members/imports/"); both(w, p, "0-empty")
    w.goto("/members/imports/new/"); both(w, p, "1-upload")
    for f in ("members_owinfs.csv", "signon_2020.csv"):
        w.goto("/members/imports/new/")
        w.page.set_input_files("input[type=file]", str(DATA / f))
        w.press("Read the file")
        both(w, p, "2-columns-" + f)
        w.press("Show the preview")
        both(w, p, "3-preview-" + f)
        if f.startswith("members"):
            w.page.goto(w.page.url + "?show=country"); both(w, p, "4-country")
            w.page.locator("[name=p-12]").fill("nowhere"); w.press("Save my decisions"); shot(w, "4-error")
            w.page.locator("[name=p-12]").fill("regional"); w.page.locator("[name=p-184]").fill("Schweiz")
            w._go(w.page.get_by_role("button", name="Apply")); shot(w, "4-saved")
            w._go(w.page.get_by_role("button", name="Apply")); both(w, p, "5-applied")
        else:
            url = w.page.url
            w.page.goto(url + "?show=possible"); both(w, p, "6-possible")
            w.fill(place="international", first="1", last="85"); w.press("Set for these rows")
            w.page.goto(url + "?show=possible"); both(w, p, "7-possible")
            w.page.goto(url + "?show=fill"); both(w, p, "7-fill")
            w.page.goto(url + "rows/18/?q=missionary"); both(w, p, "8-row")
    w.goto("/members/imports/"); both(w, p, "9-list")
