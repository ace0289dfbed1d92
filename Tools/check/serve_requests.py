"""What `sanitizers` asks of `graphrun serve`.

Usage: serve_requests.py ADDRESS PICTURE...
"""

import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

address, pictures = sys.argv[1], sys.argv[2:]


def ask(path, method="GET", body=None):
    request = urllib.request.Request(address + path, data=body, method=method)
    try:
        with urllib.request.urlopen(request, timeout=300) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def send(name, body):
    query = urllib.parse.urlencode({"name": name, "model": 0})
    status, answer = ask(f"pictures?{query}", "POST", body)
    if status >= 500:
        sys.exit(f"{name}: {status} {answer!r}")


def bytes_of(path):
    with open(path, "rb") as file:
        return file.read()


def together(function, arguments):
    threads = [threading.Thread(target=function, args=each) for each in arguments]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


together(ask, [("",), ("settings",), ("pictures",), ("nothing",)] * 3)
together(send, [(path, bytes_of(path)) for path in pictures * 2] + [("page.png", b"<!doctype html>")])
ask("pictures/2", "DELETE")
finished = 0
for number in range(1, 2 * len(pictures) + 2):
    for _ in range(1200):
        status, answer = ask(f"pictures/{number}/result")
        if b"is not finished" not in answer:
            break
        time.sleep(0.1)
    if status == 200:
        finished += 1
        ask(f"pictures/{number}/bicubic")
# One was given up, unless it was done before, and one is no picture.
if finished < 2 * len(pictures) - 1:
    sys.exit(f"{finished} of {2 * len(pictures)} pictures came back")
ask("pictures", "DELETE")
print(f"{finished} pictures were enlarged on the page")
