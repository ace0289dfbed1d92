// The page of graphrun serve: takes pictures, shows how far they are, and hands out the results.
import { Comparison } from "./comparison.js"
import { archive, archiveByteLimit } from "./archive.js"

const element = id => document.getElementById(id)
const settings = await (await fetch("settings")).json()
const comparison = new Comparison()

/** Pictures on the page: by number those that the program has, and those that it did not take. */
const rows = new Map()
/** Files that are still to be sent, with what was chosen when they were added. */
const waiting = []
let isSending = false
let timer = 0

// What is chosen

const scales = [...new Set(settings.models.map(model => model.scale))].sort((a, b) => a - b)
for (const scale of scales) {
  const label = document.createElement("label")
  const input = Object.assign(document.createElement("input"), { type: "radio", name: "scale", value: scale })
  input.checked = scale === (scales.includes(4) ? 4 : scales.at(-1))
  const text = Object.assign(document.createElement("span"), { textContent: `${scale}×` })
  label.append(input, text)
  label.title = `${scale} times as wide and as high`
  input.addEventListener("change", offerModels)
  element("scales").append(label)
}
for (const format of settings.formats) element("format").append(new Option(format, format))
offerModels()

function offerModels() {
  const scale = Number(document.querySelector("#scales input:checked").value)
  const models = settings.models.filter(model => model.scale === scale)
  element("model").replaceChildren(...models.map(model => new Option(model.name, model.number)))
}

// What is added

element("settings").addEventListener("submit", event => event.preventDefault())
element("choose").addEventListener("click", () => element("files").click())
element("files").addEventListener("change", event => {
  add([...event.target.files])
  event.target.value = ""
})
addEventListener("paste", event => add([...event.clipboardData.files]))
addEventListener("dragover", event => {
  event.preventDefault()
  document.body.classList.add("dragging")
})
addEventListener("dragleave", event => {
  if (!event.relatedTarget) document.body.classList.remove("dragging")
})
addEventListener("drop", async event => {
  event.preventDefault()
  document.body.classList.remove("dragging")
  // The list is emptied when this function first waits.
  const entries = [...event.dataTransfer.items].map(item => item.webkitGetAsEntry?.()).filter(entry => entry)
  const files = [...event.dataTransfer.files]
  add(entries.length > 0 ? await filesOf(entries) : files)
})

/** Files, and those in folders but for hidden ones and what systems leave there. */
async function filesOf(entries) {
  const files = []
  for (const entry of entries) {
    if (entry.isFile) {
      files.push(await new Promise((resolve, reject) => entry.file(resolve, reject)))
    } else {
      const reader = entry.createReader()
      for (;;) {
        const inside = await new Promise((resolve, reject) => reader.readEntries(resolve, reject))
        if (inside.length === 0) break
        const seen = inside.filter(entry => !entry.name.startsWith(".") && entry.name !== "Thumbs.db")
        files.push(...await filesOf(seen))
      }
    }
  }
  return files
}

function add(files) {
  const order = { model: element("model").value, format: element("format").value }
  for (const file of files) {
    const row = new Row(file.name)
    row.tell({ stage: "sending" })
    waiting.push({ row, file, order })
  }
  arrange()
  sendAll()
}

async function sendAll() {
  if (isSending) return
  isSending = true
  while (waiting.length > 0) {
    const { row, file, order } = waiting.shift()
    if (row.isRemoved) continue
    try {
      await send(row, file, order)
    } catch {
      row.tell({ stage: "failed", message: "the file could not be sent; is it still there, and is the program running?" })
    }
  }
  isSending = false
  look()
}

async function send(row, file, order) {
  if (file.size > settings.uploadByteCount) {
    row.tell({ stage: "failed", message: `the file is larger than ${bytes(settings.uploadByteCount)}, the most that this page takes` })
    return
  }
  const query = new URLSearchParams({ name: file.name, model: order.model })
  if (order.format) query.set("format", order.format)
  // A plus sign is a plus sign in the program's reading.
  const response = await fetch(`pictures?${query.toString().replaceAll("+", "%20")}`, { method: "POST", body: file })
  const answer = await response.json()
  if (!response.ok) {
    row.tell({ stage: "failed", message: answer.message })
    return
  }
  row.number = answer.number
  rows.set(answer.number, row)
  if (row.isRemoved) await fetch(`pictures/${row.number}`, { method: "DELETE" })
  look()
  await row.drawThumbnail(file)
}

// What has become of it

async function look() {
  clearTimeout(timer)
  let pictures
  try {
    pictures = (await (await fetch("pictures")).json()).pictures
    element("gone").hidden = true
  } catch {
    element("gone").hidden = false
    timer = setTimeout(look, 2000)
    return
  }
  for (const picture of pictures) {
    const row = rows.get(picture.number) ?? Row.of(picture)
    if (!row) continue
    row.isKnown = true
    if (!row.isRemoved) row.tell(picture)
  }
  const numbers = new Set(pictures.map(picture => picture.number))
  for (const [number, row] of rows) {
    // A picture that came while the program answered is not in the answer.
    if (!row.isKnown || numbers.has(number)) continue
    rows.delete(number)
    if (!row.isRemoved) row.drop()
  }
  arrange()
  clearTimeout(timer)
  const isBusy = pictures.some(picture => picture.stage === "waiting" || picture.stage === "working")
  // Otherwise it looks now and then whether the program still runs.
  timer = setTimeout(look, isBusy ? 250 : 5000)
}

class Row {
  constructor(name) {
    this.element = element("picture-template").content.firstElementChild.cloneNode(true)
    this.name = name
    this.find(".name").textContent = name
    this.find(".name").title = name
    this.find(".remove").addEventListener("click", () => this.remove())
    this.find(".thumbnail").addEventListener("click", () => this.show())
    element("pictures").append(this.element)
  }

  /** A picture that was sent before the page was loaded; none while one is on its way, which may be the same. */
  static of(picture) {
    if (isSending) return undefined
    const row = new Row(picture.name)
    row.number = picture.number
    rows.set(picture.number, row)
    row.lacksThumbnail = true
    return row
  }

  find(selector) { return this.element.querySelector(selector) }

  tell(picture) {
    const before = this.picture?.stage
    this.picture = picture
    const isWorking = picture.stage === "working"
    const isFinished = picture.stage === "finished"
    this.find(".sizes").textContent = sizes(picture)
    this.find(".facts").textContent = facts(picture)
    this.find("progress").hidden = !isWorking
    if (isWorking) this.find("progress").value = picture.part
    const message = picture.stage === "failed" ? sentence(picture.message) : (picture.losses ?? []).map(sentence).join(" ")
    this.find(".message").hidden = !message
    this.find(".message").textContent = message
    this.find(".message").classList.toggle("note", isFinished)
    this.find(".remove").textContent = isFinished || picture.stage === "failed" ? "Remove" : "Cancel"
    this.find(".remove").setAttribute("aria-label", `${this.find(".remove").textContent} ${this.name}`)
    this.find(".thumbnail").disabled = !isFinished
    this.find(".thumbnail").setAttribute("aria-label", `Compare ${this.name}`)
    this.find(".thumbnail").title = isFinished ? "Compare with bicubic" : ""
    this.find(".download").hidden = !isFinished
    if (!isFinished || before === "finished") return
    this.find(".download").href = this.resultAddress
    this.find(".download").download = picture.resultName
    this.find(".download").setAttribute("aria-label", `Download ${picture.resultName}`)
    element("told").textContent = `${this.name} is finished`
    if (!comparison.row) this.show()
    if (this.lacksThumbnail && picture.byteCount < 2 ** 24) this.drawThumbnailOfResult()
  }

  get resultAddress() { return `pictures/${this.number}/result` }
  get isFinished() { return this.picture?.stage === "finished" }

  show() {
    comparison.row?.element.classList.remove("shown")
    this.element.classList.add("shown")
    comparison.show(this)
  }

  async remove() {
    this.drop()
    arrange()
    if (this.number !== undefined) await fetch(`pictures/${this.number}`, { method: "DELETE" }).catch(() => {})
  }

  /** Takes it off the page; it stays in the list until the program has forgotten it, so that it does not come back. */
  drop() {
    this.isRemoved = true
    this.element.remove()
    if (comparison.row === this) {
      comparison.hide()
      allRows().find(row => row.isFinished)?.show()
    }
  }

  async drawThumbnailOfResult() {
    this.lacksThumbnail = false
    const response = await fetch(this.resultAddress)
    if (response.ok) await this.drawThumbnail(await response.blob())
  }

  async drawThumbnail(file) {
    const canvas = this.find("canvas")
    let picture
    try { picture = await createImageBitmap(file) } catch { return }
    const zoom = Math.max(canvas.width / picture.width, canvas.height / picture.height)
    const [width, height] = [zoom * picture.width, zoom * picture.height]
    const context = canvas.getContext("2d")
    context.imageSmoothingQuality = "high"
    context.drawImage(picture, (canvas.width - width) / 2, (canvas.height - height) / 2, width, height)
    picture.close()
  }
}

/** Rows that are to be seen, in their order. */
function allRows() {
  const numbered = [...rows.values()].filter(row => !row.isRemoved)
  return numbered.sort((a, b) => a.number - b.number)
}

function arrange() {
  const shown = element("pictures").childElementCount
  const finished = allRows().filter(row => row.isFinished)
  const busy = allRows().filter(row => ["waiting", "working"].includes(row.picture?.stage)).length + waiting.length
  document.body.classList.toggle("empty", shown === 0)
  element("shelf").hidden = shown === 0
  element("comparison").hidden = !comparison.row
  element("download-all").hidden = finished.length < 2
  element("shelf-title").textContent = shown === 1 ? "1 picture" : `${shown} pictures`
  element("overall").hidden = shown < 2
  element("overall").textContent = busy > 0 ? `${finished.length} finished, ${busy} to go` : `${finished.length} finished`
  document.title = busy > 0 ? `(${finished.length}/${finished.length + busy}) Enlarge pictures` : "Enlarge pictures"
}

element("remove-all").addEventListener("click", async () => {
  waiting.length = 0
  for (const item of [...element("pictures").children]) item.remove()
  for (const row of rows.values()) row.isRemoved = true
  comparison.hide()
  arrange()
  await fetch("pictures", { method: "DELETE" }).catch(() => {})
})

element("download-all").addEventListener("click", async event => {
  const finished = allRows().filter(row => row.isFinished)
  const button = event.currentTarget
  button.disabled = true
  try {
    if (finished.reduce((sum, row) => sum + row.picture.byteCount, 0) < archiveByteLimit) {
      const files = finished.map(row => ({ name: row.picture.resultName, address: row.resultAddress }))
      const address = URL.createObjectURL(await archive(files, done => { button.textContent = `${done} of ${files.length} …` }))
      save(address, "enlarged.zip")
      setTimeout(() => URL.revokeObjectURL(address), 60000)
    } else {
      for (const row of finished) {
        save(row.resultAddress, row.picture.resultName)
        await new Promise(resolve => setTimeout(resolve, 500))
      }
    }
  } catch {
    element("told").textContent = "the pictures could not be put together; download them one by one"
  }
  button.textContent = "Download all"
  button.disabled = false
})

function save(address, name) {
  const link = Object.assign(document.createElement("a"), { href: address, download: name })
  link.click()
}

// Words

function sizes(picture) {
  if (!picture.width) return ""
  const from = `${picture.width} × ${picture.height}`
  return picture.stage === "failed" ? from : `${from} → ${picture.scale * picture.width} × ${picture.scale * picture.height}`
}

function facts(picture) {
  switch (picture.stage) {
    case "sending": return "being sent"
    case "waiting": return "waiting for its turn"
    case "working": return picture.secondsLeft === undefined ? "beginning" : `${time(picture.secondsLeft)} left`
    case "finished": return `${picture.format}, ${bytes(picture.byteCount)}, in ${time(picture.seconds)}`
    default: return ""
  }
}

function time(seconds) {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  if (seconds < 99.5) return `${Math.round(seconds)} s`
  return seconds < 5970 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`
}

function bytes(count) {
  const units = ["bytes", "KB", "MB", "GB"]
  let unit = 0
  while (count >= 1000 && unit < 3) { count /= 1024; unit += 1 }
  return `${count < 9.95 && unit > 0 ? count.toFixed(1) : Math.round(count)} ${units[unit]}`
}

function sentence(text) { return text ? text[0].toUpperCase() + text.slice(1) + "." : "" }

await look()
