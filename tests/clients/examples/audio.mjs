// Speech: by every voice and both models, with what is stored beside it, and from a text of any length.

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { cosmic } from '../bucket.mjs'
import { keep } from '../keep.mjs'
import { hasMetadata, isAudioAnswer } from '../shapes.mjs'

const prompt = 'Good evening. Tonight we speak of teapots, and of those who make them.'

test('speech by a prompt alone', async () => {
  const answer = isAudioAnswer(await cosmic.ai.generateAudio({ prompt }), { prompt, folder: null })
  assert.equal(answer.usage.output_tokens, 3_600)
  await keep(answer.media)
})

test('speech in high definition, in a folder, with metadata', async () => {
  const metadata = { episode: 7, topic: 'Teapots' }
  const answer = await cosmic.ai.generateAudio({ prompt, voice: 'sage', model: 'tts-1-hd', folder: 'episodes', metadata })
  isAudioAnswer(answer, { prompt, voice: 'sage', model: 'tts-1-hd', folder: 'episodes' })
  hasMetadata(answer.media, metadata)
  assert.equal(answer.usage.output_tokens, 7_200)
  await keep(answer.media)
})

test('every voice speaks', async () => {
  for (const voice of ['nova', 'shimmer', 'coral', 'sage', 'alloy', 'echo', 'onyx', 'fable', 'ash']) {
    const answer = isAudioAnswer(await cosmic.ai.generateAudio({ prompt: 'One, two.', voice }), { prompt: 'One, two.', voice })
    await keep(answer.media)
  }
})

test('a text of more than 4,096 characters is cut at paragraphs and joined into one recording', async () => {
  const paragraph = 'A teapot wants to be warmed before the leaves go in, or the water cools too soon. '.repeat(12).trim()
  const long = Array.from({ length: 6 }, () => paragraph).join('\n\n')
  assert.ok(long.length > 4_096 && long.length < 8_192)
  const answer = isAudioAnswer(await cosmic.ai.generateAudio({ prompt: long }), { prompt: long, chunks: 2 })
  assert.ok(answer.usage.output_tokens > 3_600 * 4)
  await keep(answer.media)
})
