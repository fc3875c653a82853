// What the page's blocks take as given: the SDK, a client of a bucket, an article. The client is ours whatever keys are printed,
// and looks at each answer before it hands it on.

import assert from 'node:assert/strict'

import { TextStreamingResponse } from '@cosmicjs/sdk'

import { client } from '../bucket.mjs'
import { isAudioAnswer, isExtensionAnswer, isImageAnswer, isTextAnswer, isVideoAnswer } from '../shapes.mjs'

export * from '@cosmicjs/sdk'

const checks = {
  generateText: (answer, { stream }) => (stream ? isStream(answer) : isTextAnswer(answer)),
  stream: isStream,
  generateImage: (answer, { folder = null, size, aspect_ratio }) => {
    const [width, height] = (size ?? '1024x1024').split('x').map(Number)
    isImageAnswer(answer, aspect_ratio ? { folder } : { folder, width, height })
  },
  generateVideo: (answer, { duration = 8, resolution = '720p', folder = null }) => {
    isVideoAnswer(answer, { duration, resolution, folder, tokens: 144_000 })
  },
  extendVideo: (answer, { media_id, folder = null }) => isExtensionAnswer(answer, { media: { id: media_id } }, { folder }),
  generateAudio: (answer, { prompt, voice, model, folder = null }) => {
    isAudioAnswer(answer, { prompt, voice, model, folder })
  },
}

let calls = 0
process.on('exit', () => assert.ok(calls > 0, 'the block calls the API'))

function isStream(answer) {
  assert.ok(answer instanceof TextStreamingResponse)
}

/** The client that a block makes: of the bucket that it names by placeholders, which is ours. */
export function createBucketClient(options) {
  assert.deepEqual(Object.keys(options).sort(), ['bucketSlug', 'readKey', 'writeKey'])
  const { ai, ...rest } = client()
  const checked = Object.entries(ai).map(([name, call]) => [name, async (request) => {
    const answer = await call(request)
    checks[name](answer, request)
    calls += 1
    return answer
  }])
  return { ...rest, ai: Object.fromEntries(checked) }
}

globalThis.cosmic = createBucketClient({ bucketSlug: '', readKey: '', writeKey: '' })
globalThis.articleContent = 'Teapots, past and present.\n\nThe first of them stood in Yixing.'
