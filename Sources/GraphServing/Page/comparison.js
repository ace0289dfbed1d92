// A picture by bicubic interpolation and by the network, one over the other, with a divider between them.

const element = id => document.getElementById(id)

export class Comparison {
  constructor() {
    this.stage = element("stage")
    this.images = [element("result-picture"), element("bicubic-picture")]
    /** The row of the picture that is shown. */
    this.row = undefined
    /** Pixels of the screen for each of the picture; "fit" for as many as make it fit. */
    this.zoom = "fit"
    /** The place of the picture's upper left corner, in the stage's own units. */
    this.x = 0
    this.y = 0
    this.setSplit(50)
    element("split").addEventListener("input", event => this.setSplit(Number(event.target.value)))
    for (const button of document.querySelectorAll("[data-zoom]")) {
      button.addEventListener("click", () => this.setZoom(button.dataset.zoom === "fit" ? "fit" : Number(button.dataset.zoom)))
    }
    for (const image of this.images) {
      image.addEventListener("load", () => {
        this.place()
        if (image === this.images[1]) element("loading").textContent = ""
      })
    }
    this.images[1].addEventListener("error", () => {
      if (this.row) element("loading").textContent = "the bicubic picture could not be made"
    })
    new ResizeObserver(() => this.place()).observe(this.stage)
    this.listen()
  }

  show(row) {
    this.row = row
    const { picture } = row
    const bicubic = `pictures/${row.number}/bicubic`
    this.size = { width: picture.resultWidth, height: picture.resultHeight }
    this.zoom = "fit"
    element("comparison").hidden = false
    element("comparison-title").textContent = row.name
    element("result-tag").textContent = picture.model
    element("loading").textContent = "making the bicubic picture …"
    element("download-one").href = row.resultAddress
    element("download-one").download = picture.resultName
    this.images[0].src = row.resultAddress
    this.images[1].src = bicubic
    for (const image of this.images) image.classList.toggle("see-through", picture.format !== "JPEG")
    this.place()
  }

  hide() {
    this.row?.element.classList.remove("shown")
    this.row = undefined
    for (const image of this.images) image.removeAttribute("src")
    element("comparison").hidden = true
  }

  /** The stage's units for each pixel of the picture. */
  get factor() { return this.factorOf(this.zoom) }

  factorOf(zoom) {
    if (zoom !== "fit") return zoom / devicePixelRatio
    const { clientWidth, clientHeight } = this.stage
    return Math.min(clientWidth / this.size.width, clientHeight / this.size.height, 4)
  }

  /** Keeps the picture's point at (x, y) of the stage, or its middle, where it is. */
  setZoom(zoom, x = this.stage.clientWidth / 2, y = this.stage.clientHeight / 2) {
    const change = this.factorOf(zoom) / this.factor
    this.x = x - (x - this.x) * change
    this.y = y - (y - this.y) * change
    this.zoom = zoom
    this.place()
  }

  place() {
    if (!this.row) return
    const factor = this.factor
    const bounded = (place, length, room) => length <= room ? (room - length) / 2 : Math.min(0, Math.max(room - length, place))
    this.x = bounded(this.x, factor * this.size.width, this.stage.clientWidth)
    this.y = bounded(this.y, factor * this.size.height, this.stage.clientHeight)
    for (const image of this.images) {
      image.style.width = `${this.size.width}px`
      image.style.height = `${this.size.height}px`
      // Whole pixels of the screen, so that those of the picture are sharp.
      const [x, y] = [this.x, this.y].map(place => Math.round(place * devicePixelRatio) / devicePixelRatio)
      image.style.transform = `translate(${x}px, ${y}px) scale(${factor})`
      image.classList.toggle("pixels", factor * devicePixelRatio > 1.001)
    }
    for (const button of document.querySelectorAll("[data-zoom]")) {
      button.setAttribute("aria-pressed", String(button.dataset.zoom === String(this.zoom)))
    }
    this.setSplit(this.split)
  }

  /** @param split from 0 to 100, of the stage's width */
  setSplit(split) {
    this.split = Math.min(100, Math.max(0, split))
    element("split").value = this.split
    element("bicubic-layer").style.clipPath = `inset(0 ${100 - this.split}% 0 0)`
    element("divider").style.left = `${this.split}%`
  }

  listen() {
    const { stage } = this
    let last
    let isDivider = false
    stage.addEventListener("pointerdown", event => {
      isDivider = element("divider").contains(event.target)
      last = event
      stage.setPointerCapture(event.pointerId)
      stage.classList.toggle("moving", !isDivider)
    })
    stage.addEventListener("pointermove", event => {
      if (!last) return
      if (isDivider) {
        const { left, width } = stage.getBoundingClientRect()
        this.setSplit((event.clientX - left) / width * 100)
      } else {
        this.x += event.clientX - last.clientX
        this.y += event.clientY - last.clientY
        this.place()
      }
      last = event
    })
    const end = () => {
      last = undefined
      stage.classList.remove("moving")
    }
    stage.addEventListener("pointerup", end)
    stage.addEventListener("pointercancel", end)
    stage.addEventListener("wheel", event => {
      event.preventDefault()
      const { left, top } = stage.getBoundingClientRect()
      const least = Math.min(1, this.factorOf("fit") * devicePixelRatio)
      const zoom = this.factor * devicePixelRatio * Math.exp(-event.deltaY / 400)
      this.setZoom(zoom <= least ? "fit" : Math.min(16, zoom), event.clientX - left, event.clientY - top)
    }, { passive: false })
    stage.addEventListener("dblclick", event => {
      const { left, top } = stage.getBoundingClientRect()
      this.setZoom(this.zoom === "fit" ? 2 : "fit", event.clientX - left, event.clientY - top)
    })
  }
}
