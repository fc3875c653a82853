// Clips: by both models, in every duration and resolution, from a first frame; and what goes on from them.

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { cosmic } from '../bucket.mjs'
import { keep } from '../keep.mjs'
import { hasMetadata, isExtensionAnswer, isVideoAnswer } from '../shapes.mjs'

const prompt = 'A paper boat drifts down a stream in spring'
const fast = 'veo-3.1-fast-generate-preview'
const standard = 'veo-3.1-generate-preview'
const frame = ['https://cdn.cosmicjs.com/paper-boat.jpg']

test('a clip in a folder', async () => {
  const answer = await cosmic.ai.generateVideo({ prompt, duration: 8, resolution: '720p', folder: 'clips' })
  isVideoAnswer(answer, { duration: 8, resolution: '720p', tokens: 288_000, folder: 'clips', alt_text: prompt })
  await keep(answer.media)
})

test('a clip by a prompt alone lasts eight seconds', async () => {
  const answer = await cosmic.ai.generateVideo({ prompt })
  isVideoAnswer(answer, { duration: 8, resolution: '720p', tokens: 288_000, folder: null })
  await keep(answer.media)
})

const prices = { [fast]: { 4: 144_000, 6: 216_000, 8: 288_000 }, [standard]: { 4: 384_000, 6: 576_000, 8: 768_000 } }

for (const [model, byDuration] of Object.entries(prices)) {
  test(`${model} in every duration and resolution`, async () => {
    for (const [seconds, tokens] of Object.entries(byDuration)) {
      for (const resolution of ['720p', '1080p']) {
        const duration = Number(seconds)
        const metadata = { campaign: 'spring', version: '1.0' }
        const answer = await cosmic.ai.generateVideo({ prompt, model, duration, resolution, metadata })
        isVideoAnswer(answer, { duration, resolution, tokens })
        hasMetadata(answer.media, metadata)
        await keep(answer.media)
      }
    }
  })
}

test('a clip from its first frame', async () => {
  const asked = { prompt, duration: 6, reference_images: frame, folder: 'clips', metadata: { product_id: 'boat-7' } }
  const answer = await cosmic.ai.generateVideo(asked)
  isVideoAnswer(answer, { duration: 6, resolution: '720p', tokens: 216_000, folder: 'clips' })
  hasMetadata(answer.media, { product_id: 'boat-7' })
  await keep(answer.media)
})

test('a clip goes on, and what goes on goes on again', async () => {
  const scenes = [await cosmic.ai.generateVideo({ prompt, duration: 8 })]
  for (const next of ['The boat reaches a pond', 'A frog looks at it', 'Rain begins to fall']) {
    const source = scenes.at(-1)
    const scene = await cosmic.ai.extendVideo({ media_id: source.media.id, prompt: next })
    isExtensionAnswer(scene, source, { alt_text: next, folder: null })
    scenes.push(scene)
  }
  assert.equal(new Set(scenes.map((scene) => scene.media.id)).size, 4)
  for (const scene of scenes) await keep(scene.media)
})

test('a clip of four seconds in full HD goes on for eight in HD, as premium, in a folder', async () => {
  const source = await cosmic.ai.generateVideo({ prompt, duration: 4, resolution: '1080p' })
  const asked = { model: standard, folder: 'clips', metadata: { project: 'spring', scene: '2' } }
  const scene = await cosmic.ai.extendVideo({ media_id: source.media.id, prompt: 'The boat sinks slowly', ...asked })
  isExtensionAnswer(scene, source, { tokens: 768_000, folder: 'clips' })
  hasMetadata(scene.media, asked.metadata)
  await keep(scene.media)
})

test('a product is shown and then shown closer', async () => {
  const source = await cosmic.ai.generateVideo({ prompt: 'A watch turns on black velvet', reference_images: frame, duration: 8 })
  const asked = { media_id: source.media.id, prompt: 'Closer, until the second hand fills the picture' }
  await keep(isExtensionAnswer(await cosmic.ai.extendVideo(asked), source).media)
})

test('a background is made longer', async () => {
  const source = await cosmic.ai.generateVideo({ prompt: 'Snow falls past a street lamp', duration: 8 })
  const asked = { media_id: source.media.id, prompt: 'The snow goes on, a little denser' }
  await keep(isExtensionAnswer(await cosmic.ai.extendVideo(asked), source).media)
})
