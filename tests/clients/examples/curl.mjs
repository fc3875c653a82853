// The same API by curl, in the shapes in which its documentation prints commands.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { test } from 'node:test'

import { baseUrl, pacedUrl, slug, writeKey } from '../bucket.mjs'
import { keep } from '../keep.mjs'
import { isAudioAnswer, isExtensionAnswer, isImageAnswer, isTextAnswer, isVideoAnswer } from '../shapes.mjs'

/** Runs a command in a shell. `pieces` are what came when, in milliseconds. */
function shell(command, environment = {}) {
  const env = { ...process.env, AI: `${baseUrl}/buckets/${slug}/ai`, WRITE_KEY: writeKey, ...environment }
  const running = spawn('bash', ['-euc', command], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const pieces = []
  running.stdout.on('data', (bytes) => pieces.push({ at: performance.now(), text: bytes.toString() }))
  return new Promise((resolve, reject) => {
    running.on('error', reject)
    running.on('close', (code) => {
      const text = pieces.map((piece) => piece.text).join('')
      if (code === 0) resolve({ pieces, text })
      else reject(new Error(`the command ended with ${code}: ${command}\n${text}`))
    })
  })
}

/** The answer to a command, whose status comes on a line of its own after it. */
async function answer(command, status = 200) {
  const { text } = await shell(`${command} -sS -w '\\n%{http_code} %{content_type}'`)
  const at = text.lastIndexOf('\n')
  assert.equal(text.slice(at + 1), `${status} application/json`, text)
  return JSON.parse(text.slice(0, at))
}

/** The objects in the events of a stream. */
function events(text) {
  assert.ok(text.endsWith('\n\n'), 'the last event has its blank line')
  const lines = text.split('\n').filter((line) => line.startsWith('data: '))
  return lines.map((line) => JSON.parse(line.slice('data: '.length)))
}

test('text', async () => {
  isTextAnswer(await answer(`curl $AI/text \\
    -d '{"prompt":"Describe a teapot","max_tokens":300}' \\
    -H 'Content-Type: application/json' \\
    -H "Authorization: Bearer $WRITE_KEY"`))
})

test('text about a file', async () => {
  isTextAnswer(await answer(`curl $AI/text \\
    -d '{"prompt":"What does it say?","media_url":"https://cdn.cosmicjs.com/letter.pdf","max_tokens":300}' \\
    -H 'Content-Type: application/json' \\
    -H "Authorization: Bearer $WRITE_KEY"`))
})

test('text in a stream', async () => {
  const { text } = await shell(`curl $AI/text -sS \\
    -H 'Content-Type: application/json' \\
    -H "Authorization: Bearer $WRITE_KEY" \\
    -d '{"prompt":"Tell me about teapots","stream":true}' \\
    --no-buffer`)
  const seen = events(text)
  const fragments = seen.filter((event) => event.text !== undefined)
  assert.ok(fragments.length > 1)
  assert.ok(seen.at(-2).token_count.output_tokens > 0)
  assert.equal(seen.at(-1).event, 'end')
  assert.equal(seen.length, fragments.length + 2)
})

test('a stream arrives piece by piece', async () => {
  const { pieces, text } = await shell(
    `curl $AI/text -sS \\
      -H 'Content-Type: application/json' \\
      -H "Authorization: Bearer $WRITE_KEY" \\
      -d '{"prompt":"Count","max_tokens":4,"stream":true}' \\
      --no-buffer`,
    { AI: `${pacedUrl}/buckets/${slug}/ai` },
  )
  assert.deepEqual(events(text).slice(0, 4), ['0 ', '1 ', '2 ', '3 '].map((text) => ({ text })))
  assert.ok(pieces.length >= 2, `${pieces.length} pieces`)
  assert.ok(pieces.at(-1).at - pieces[0].at > 1_000, 'the first comes more than a second before the last')
})

test('a picture, with options and with pictures to go by', async () => {
  const plain = await answer(`curl $AI/image \\
    -d '{"prompt":"A lighthouse","folder":"drawn","alt_text":"A lighthouse"}' \\
    -H 'Content-Type: application/json' \\
    -H "Authorization: Bearer $WRITE_KEY"`)
  isImageAnswer(plain, { width: 1024, height: 1024, folder: 'drawn', alt_text: 'A lighthouse' })
  const wide = await answer(`curl $AI/image \\
    -d '{"prompt":"A lighthouse at night","model":"dall-e-3","size":"1792x1024","quality":"hd"}' \\
    -H 'Content-Type: application/json' \\
    -H "Authorization: Bearer $WRITE_KEY"`)
  isImageAnswer(wide, { width: 1792, height: 1024 })
  const styled = await answer(`curl $AI/image \\
    -d '{
      "prompt":"A harbour in the same style",
      "model":"gemini-3-pro-image-preview",
      "size":"2048x2048",
      "reference_images":["https://cdn.cosmicjs.com/style.jpg"]
    }' \\
    -H 'Content-Type: application/json' \\
    -H "Authorization: Bearer $WRITE_KEY"`)
  isImageAnswer(styled, { width: 2048, height: 2048 })
  for (const { media } of [plain, wide, styled]) await keep(media)
})

test('a clip, and what goes on from it', async () => {
  const clip = await answer(`curl $AI/video \\
    -d '{"prompt":"Wind in a wheat field","model":"veo-3.1-fast-generate-preview","duration":4,"resolution":"1080p"}' \\
    -H 'Content-Type: application/json' \\
    -H "Authorization: Bearer $WRITE_KEY"`)
  isVideoAnswer(clip, { duration: 4, resolution: '1080p', tokens: 144_000 })
  const longer = await answer(`curl $AI/video/extend \\
    -d '{"media_id":"${clip.media.id}","prompt":"The wind drops","folder":"clips","metadata":{"scene":"2"}}' \\
    -H 'Content-Type: application/json' \\
    -H "Authorization: Bearer $WRITE_KEY"`)
  isExtensionAnswer(longer, clip, { folder: 'clips' })
  for (const { media } of [clip, longer]) await keep(media)
})

test('speech', async () => {
  const plain = await answer(`curl $AI/audio \\
    -d '{"prompt":"Good evening.","voice":"nova"}' \\
    -H 'Content-Type: application/json' \\
    -H "Authorization: Bearer $WRITE_KEY"`)
  isAudioAnswer(plain, { prompt: 'Good evening.' })
  const fine = await answer(`curl $AI/audio \\
    -d '{"prompt":"Good night.","voice":"sage","model":"tts-1-hd","folder":"episodes"}' \\
    -H 'Content-Type: application/json' \\
    -H "Authorization: Bearer $WRITE_KEY"`)
  isAudioAnswer(fine, { prompt: 'Good night.', voice: 'sage', model: 'tts-1-hd', folder: 'episodes' })
  for (const { media } of [plain, fine]) await keep(media)
})

test('refusals are JSON', async () => {
  const refusals = [
    [`curl $AI/text -d '{"prompt":"A teapot"}' -H 'Content-Type: application/json'`, 401],
    [`curl $AI/text -d '{"prompt":"A teapot"}' -H 'Content-Type: application/json' -H 'Authorization: Bearer wrong'`, 401],
    [`curl $AI/text -d '{"prompt":' -H 'Content-Type: application/json' -H "Authorization: Bearer $WRITE_KEY"`, 400],
    [`curl $AI/text -d '{"prompt":"A teapot"}' -H "Authorization: Bearer $WRITE_KEY"`, 415],
    [`curl $AI/text -H "Authorization: Bearer $WRITE_KEY"`, 405],
    [`curl $AI/music -d '{}' -H 'Content-Type: application/json' -H "Authorization: Bearer $WRITE_KEY"`, 404],
  ]
  for (const [command, status] of refusals) {
    const refusal = await answer(command, status)
    assert.equal(refusal.status, status)
    assert.ok(refusal.message.length > 0)
  }
})
