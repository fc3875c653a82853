// What is refused, as the SDK hands it on: an object with status and message.

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { baseUrl, client, cosmic, poorUrl, readKey, slug, writeKey } from '../bucket.mjs'
import { isAudioAnswer, isImageAnswer, isRefused, isTextAnswer } from '../shapes.mjs'

const prompt = 'A teapot'
const source = 'nobody-made-this-one'

/** Every call that generates, of a client. */
function calls({ ai }) {
  return [
    () => ai.generateText({ prompt }),
    () => ai.generateImage({ prompt }),
    () => ai.generateVideo({ prompt }),
    () => ai.extendVideo({ prompt, media_id: source }),
    () => ai.generateAudio({ prompt }),
  ]
}

test('a wrong key is refused by every call', async () => {
  for (const call of calls(client({ writeKey: 'not-the-key' }))) await isRefused(call(), 401, /key/)
})

test('no key is refused by every call', async () => {
  for (const call of calls(client({ writeKey: undefined }))) await isRefused(call(), 401, /key/)
})

test('the read key does not generate', async () => {
  for (const call of calls(client({ writeKey: readKey }))) await isRefused(call(), 403, /read key/)
})

test('the key is taken from the body where there is no header', async () => {
  const post = async (path, body, key) => {
    const request = { method: 'POST', headers: { 'content-type': 'application/json' } }
    request.body = JSON.stringify({ ...body, write_key: key })
    const answer = await fetch(`${baseUrl}/buckets/${slug}/ai/${path}`, request)
    return { status: answer.status, body: await answer.json() }
  }
  isImageAnswer((await post('image', { prompt }, writeKey)).body, { width: 1024, height: 1024 })
  isAudioAnswer((await post('audio', { prompt }, writeKey)).body, { prompt })
  const { status, body } = await post('image', { prompt }, 'not-the-key')
  assert.equal(status, 401)
  assert.equal(body.status, 401)
})

test('an unknown bucket is not found by any call', async () => {
  for (const call of calls(client({ bucketSlug: 'no-such-bucket' }))) await isRefused(call(), 404, /bucket/)
})

test('a medium that nobody made is not found', async () => {
  await isRefused(cosmic.ai.extendVideo({ prompt, media_id: source }), 404, /./)
})

test('what is no clip of Veo does not go on', async () => {
  const { media } = await cosmic.ai.generateImage({ prompt })
  await isRefused(cosmic.ai.extendVideo({ prompt, media_id: media.id }), 400, /./)
})

const invalid = {
  'an unknown model of text': [({ ai }) => ai.generateText({ prompt, model: 'claude-opus-4-9' }), /claude-opus-4-9/],
  'an unknown model of pictures': [({ ai }) => ai.generateImage({ prompt, model: 'dall-e-9' }), /dall-e-9/],
  'a model of pictures that is asked for text': [({ ai }) => ai.generateText({ prompt, model: 'dall-e-3' }), /dall-e-3/],
  'a size that the model has not': [({ ai }) => ai.generateImage({ prompt, model: 'dall-e-3', size: '512x512' }), /512x512/],
  'a size that is none': [({ ai }) => ai.generateImage({ prompt, size: 'large' }), /size/],
  'a shape that the model has not': [({ ai }) => ai.generateImage({ prompt, aspect_ratio: '7:5' }), /7:5/],
  'an unknown quality': [({ ai }) => ai.generateImage({ prompt, model: 'dall-e-3', quality: 'best' }), /quality/],
  'references for a model that takes none': [
    ({ ai }) => ai.generateImage({ prompt, model: 'dall-e-3', reference_images: ['https://cdn.cosmicjs.com/a.jpg'] }),
    /reference_images/,
  ],
  'two first frames': [
    ({ ai }) => ai.generateVideo({ prompt, reference_images: ['https://cdn.cosmicjs.com/a.jpg', 'https://cdn.cosmicjs.com/b.jpg'] }),
    /reference_images/,
  ],
  'a duration of five seconds': [({ ai }) => ai.generateVideo({ prompt, duration: 5 }), /duration/],
  'an unknown resolution': [({ ai }) => ai.generateVideo({ prompt, resolution: '4k' }), /resolution/],
  'an unknown voice': [({ ai }) => ai.generateAudio({ prompt, voice: 'tenor' }), /tenor/],
  'prompt and messages at once': [
    ({ ai }) => ai.generateText({ prompt, messages: [{ role: 'user', content: prompt }] }),
    /prompt.*messages|messages.*prompt/,
  ],
  'a role that nobody has': [({ ai }) => ai.generateText({ messages: [{ role: 'robot', content: prompt }] }), /role|robot/],
  'no messages': [({ ai }) => ai.generateText({ messages: [] }), /messages/],
  'an empty prompt': [({ ai }) => ai.generateImage({ prompt: '' }), /prompt/],
  'no prompt': [({ ai }) => ai.generateImage({}), /prompt/],
  'a prompt that is a number': [({ ai }) => ai.generateText({ prompt: 7 }), /prompt/],
}

for (const [what, [call, message]] of Object.entries(invalid)) {
  test(`refused: ${what}`, async () => {
    await isRefused(call(cosmic), 400, message)
  })
}

test('what the SDK refuses itself is not sent', async () => {
  await assert.rejects(cosmic.ai.generateText({ max_tokens: 5 }), /Either prompt or messages must be provided/)
  await assert.rejects(cosmic.ai.generateVideo({}), /prompt is required/)
  await assert.rejects(cosmic.ai.extendVideo({ prompt }), /media_id is required/)
})

test('a clip that the service will not make is refused in its words', async () => {
  await isRefused(cosmic.ai.generateVideo({ prompt: 'REFUSE THIS: a well-known face' }), 400, /No videos generated/)
})

test('when the tokens are used up, 402 says of which model and tier', async () => {
  const poor = client({ url: poorUrl })
  const refusal = await isRefused(poor.ai.generateVideo({ prompt, duration: 8 }), 402, /token usage limit/)
  assert.equal(refusal.model, 'veo-3.1-fast-generate-preview')
  isTextAnswer(await poor.ai.generateText({ prompt, model: 'gpt-5-nano', max_tokens: 50 }))
  const over = await isRefused(poor.ai.generateText({ prompt, model: 'o1', max_tokens: 100_000 }), 402, /Premium tier/)
  assert.deepEqual([over.model, over.tier, over.code], ['o1', 'Premium', 'INSUFFICIENT_CREDITS'])
  assert.equal(Number.parseFloat(over.multiplier), 4)
})
