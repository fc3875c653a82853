// Keeps media for a decoder to look at: the file, and beside it what it was asked to be.

import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const LINES = { '720p': [1280, 720], '1080p': [1920, 1080] }
const FRAMES_A_SECOND = 24

/** Downloads a medium by its URL. */
export async function download(media) {
  const answer = await fetch(media.url)
  assert.equal(answer.status, 200, `GET ${media.url}`)
  assert.equal(answer.headers.get('content-type'), media.type)
  assert.equal(answer.headers.get('x-content-type-options'), 'nosniff')
  const bytes = Buffer.from(await answer.arrayBuffer())
  assert.equal(bytes.length, media.size, `bytes of ${media.url}`)
  return bytes
}

/** Downloads a medium and leaves it to be decoded, with its size in pixels and seconds as the API says they are. */
export async function keep(media) {
  const sample = { file: media.name, picture: null, sound: null, seconds: null, ...described(media) }
  const file = join(process.env.MEDIA_FOLDER, media.name)
  await writeFile(file, await download(media))
  await writeFile(`${file}.json`, JSON.stringify(sample))
}

function described(media) {
  const { type, metadata = {} } = media
  if (type === 'image/png') {
    return { picture: { codec: 'png', width: media.width, height: media.height, frames: 1 } }
  }
  if (type === 'video/mp4') {
    const [width, height] = LINES[metadata.resolution]
    return {
      picture: { codec: 'h264', width, height, frames: metadata.duration * FRAMES_A_SECOND },
      sound: { codec: 'aac', channels: 2 },
      seconds: metadata.duration,
    }
  }
  if (type === 'audio/mpeg') return { sound: { codec: 'mp3', channels: 1 } }
  return assert.fail(`nothing decodes ${type}`)
}
