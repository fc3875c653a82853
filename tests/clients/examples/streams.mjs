// Text as it is written: by events, by a loop, by the shorter call; what comes of errors before and after the start.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { text as whole } from 'node:stream/consumers'

import { TextStreamingResponse } from '@cosmicjs/sdk'

import { client, cosmic, pacedUrl } from '../bucket.mjs'
import { isTextAnswer, isUsage } from '../shapes.mjs'

const prompt = 'Tell the history of the teapot, in a few paragraphs'
const request = { prompt, max_tokens: 400 }

/** What a stream says by its events, in their order. The SDK says `end` at the end and again when the connection closes. */
function events(stream) {
  assert.ok(stream instanceof TextStreamingResponse)
  return new Promise((resolve) => {
    const seen = { text: '', fragments: 0, usage: [], ends: [], errors: [], order: [] }
    const note = (name, act) => stream.on(name, (value) => {
      seen.order.push(name)
      act(value)
      // The second, which the SDK makes up.
      if (name === 'end' && Object.keys(value ?? {}).join() === 'usage') resolve(seen)
    })
    note('text', (fragment) => { seen.text += fragment; seen.fragments += 1 })
    note('usage', (usage) => seen.usage.push(usage))
    note('end', (data) => seen.ends.push(data))
    note('error', (error) => seen.errors.push(error))
  })
}

/** What a loop over a stream sees. The SDK throws an error that waits, and hands one out that is waited for. */
async function chunks(stream) {
  const seen = { text: '', fragments: 0, usage: [], errors: [] }
  try {
    for await (const chunk of stream) {
      if (chunk.text) { seen.text += chunk.text; seen.fragments += 1 }
      if (chunk.usage) seen.usage.push(chunk.usage)
      if (chunk.error) seen.errors.push(chunk.error)
    }
  } catch (error) {
    seen.errors.push(error)
  }
  return seen
}

function isWhole(seen, stream, answer) {
  assert.deepEqual(seen.errors, [])
  assert.ok(seen.fragments > 1, 'more than one fragment')
  assert.equal(seen.text, answer.text, 'the same text as in one piece')
  assert.equal(stream.text, answer.text)
  assert.equal(seen.usage.length, 1)
  isUsage(seen.usage[0])
  assert.deepEqual(stream.usage, seen.usage[0])
  assert.equal(seen.usage[0].output_tokens, answer.usage.output_tokens)
}

test('fragments, usage and the end come as events', async () => {
  const stream = await cosmic.ai.generateText({ ...request, stream: true })
  const seen = await events(stream)
  isWhole(seen, stream, isTextAnswer(await cosmic.ai.generateText(request)))
  assert.deepEqual(seen.order.slice(-3), ['usage', 'end', 'end'])
  assert.equal(seen.ends[0].model, 'claude-opus-4-8')
  assert.deepEqual(seen.ends[1].usage, seen.usage[0])
})

test('fragments and usage come in a loop', async () => {
  const stream = await cosmic.ai.generateText({ ...request, stream: true })
  const seen = await chunks(stream)
  isWhole(seen, stream, await cosmic.ai.generateText(request))
})

test('the shorter call streams too', async () => {
  const byEvents = await cosmic.ai.stream(request)
  isWhole(await events(byEvents), byEvents, await cosmic.ai.generateText(request))
  const byLoop = await cosmic.ai.stream(request)
  isWhole(await chunks(byLoop), byLoop, await cosmic.ai.generateText(request))
})

test('a conversation about a file is streamed', async () => {
  const messages = [{ role: 'user', content: 'What is in this letter?' }]
  const asked = { messages, media_url: 'https://cdn.cosmicjs.com/letter.docx', max_tokens: 200 }
  const stream = await cosmic.ai.stream(asked)
  isWhole(await events(stream), stream, await cosmic.ai.generateText(asked))
})

test('no character is split between two fragments', async () => {
  const stream = await cosmic.ai.stream({ prompt: '茶壶 🫖 für „Ümläute“ — что это?', max_tokens: 400 })
  const seen = await events(stream)
  assert.deepEqual(seen.errors, [])
  assert.doesNotMatch(seen.text, /\uFFFD/)
})

test('fragments come when they are written, not all at the end', async () => {
  const stream = await client({ url: pacedUrl }).ai.stream({ prompt, max_tokens: 4 })
  const times = []
  stream.on('text', () => times.push(performance.now()))
  const seen = await events(stream)
  assert.equal(seen.text, '0 1 2 3 ')
  assert.ok(times[3] - times[0] > 1_000, `four fragments in ${times[3] - times[0]} ms, at one a second`)
})

test('an error after the start is an event, after the text that was written', async () => {
  const stream = await cosmic.ai.stream({ prompt: `${prompt}. BREAK OFF.` })
  const seen = await events(stream)
  assert.equal(seen.errors.length, 1)
  assert.ok(seen.errors[0] instanceof Error)
  assert.notEqual(seen.errors[0].message, 'An error occurred', 'a message of the server')
  assert.ok(seen.fragments > 0)
  assert.equal(seen.ends.length, 1, 'only the end of the connection')
})

test('an error after the start ends a loop', async () => {
  const seen = await chunks(await cosmic.ai.stream({ prompt: `${prompt}. BREAK OFF.` }))
  assert.equal(seen.errors.length, 1)
  assert.ok(seen.errors[0] instanceof Error)
})

test('an error before the start is a refusal, which the SDK leaves unread', async () => {
  const refused = await cosmic.ai.stream({ prompt, model: 'claude-opus-99' }).then(() => assert.fail('taken'), (body) => body)
  const refusal = JSON.parse(await whole(refused))
  assert.equal(refusal.status, 400)
  assert.match(refusal.message, /claude-opus-99/)
})
