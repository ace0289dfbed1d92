// One ZIP file of several others, which are stored in it as they are (APPNOTE 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16).

/** Bytes below which the sizes and places of all files fit into 32 bits. */
export const archiveByteLimit = 2 ** 32 - 2 ** 20

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  for (let bit = 0; bit < 8; bit += 1) byte = byte & 1 ? 0xEDB88320 ^ (byte >>> 1) : byte >>> 1
  return byte >>> 0
})

function checksum(bytes) {
  let sum = 0xFFFFFFFF
  for (const byte of bytes) sum = table[(sum ^ byte) & 255] ^ (sum >>> 8)
  return (sum ^ 0xFFFFFFFF) >>> 0
}

/**
 * @param files names and addresses
 * @param tell is told how many are done
 */
export async function archive(files, tell) {
  const parts = []
  const directory = []
  let place = 0
  const names = new Set()
  const [time, date] = now()
  for (const [index, { name, address }] of files.entries()) {
    tell(index)
    const response = await fetch(address)
    if (!response.ok) throw new Error(response.statusText)
    const content = await response.blob()
    const sum = checksum(new Uint8Array(await content.arrayBuffer()))
    const encoded = new TextEncoder().encode(unused(name, names))
    // Version 2.0; names in UTF-8; stored; when; checksum; both sizes; the name's length, no further fields.
    const facts = [[20, 2], [0x0800, 2], [0, 2], [time, 2], [date, 2], [sum, 4], [content.size, 4], [content.size, 4],
      [encoded.length, 2], [0, 2]]
    const head = record([[0x04034B50, 4], ...facts])
    parts.push(head, encoded, content)
    directory.push(record([[0x02014B50, 4], [20, 2], ...facts, [0, 2], [0, 2], [0, 2], [0, 4], [place, 4]]), encoded)
    place += head.length + encoded.length + content.size
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0)
  const end = record([[0x06054B50, 4], [0, 2], [0, 2], [files.length, 2], [files.length, 2], [size, 4], [place, 4], [0, 2]])
  return new Blob([...parts, ...directory, end], { type: "application/zip" })
}

/** A name that no other file of the archive has. */
function unused(name, names) {
  const point = name.lastIndexOf(".")
  let free = name
  for (let count = 2; names.has(free); count += 1) free = `${name.slice(0, point)} (${count})${name.slice(point)}`
  names.add(free)
  return free
}

/** Numbers in little-endian order, each with how many bytes it takes. */
function record(fields) {
  const bytes = new Uint8Array(fields.reduce((sum, [, count]) => sum + count, 0))
  let place = 0
  for (const [value, count] of fields) {
    for (let byte = 0; byte < count; byte += 1) bytes[place + byte] = value / 2 ** (8 * byte) & 255
    place += count
  }
  return bytes
}

/** The time and date of MS-DOS. */
function now() {
  const date = new Date()
  return [
    date.getHours() << 11 | date.getMinutes() << 5 | date.getSeconds() >> 1,
    (date.getFullYear() - 1980) << 9 | (date.getMonth() + 1) << 5 | date.getDate(),
  ]
}
