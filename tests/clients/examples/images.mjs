// Pictures: by each model, in every size and shape, with references, with what is stored beside them.

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { cosmic } from '../bucket.mjs'
import { keep } from '../keep.mjs'
import { hasMetadata, isImageAnswer } from '../shapes.mjs'

const prompt = 'A lighthouse on a cliff in the morning mist'
const flash = 'gemini-3.1-flash-image-preview'
const pro = 'gemini-3-pro-image-preview'

test('a picture with folder, alternative text and metadata', async () => {
  const answer = await cosmic.ai.generateImage({
    prompt,
    folder: 'drawn',
    alt_text: 'Lighthouse in the mist',
    metadata: { caption: 'Morning on the coast', made_by: 'us' },
  })
  isImageAnswer(answer, { width: 1024, height: 1024, folder: 'drawn', alt_text: 'Lighthouse in the mist' })
  hasMetadata(answer.media, { caption: 'Morning on the coast', made_by: 'us' })
  await keep(answer.media)
})

test('a picture by a prompt alone', async () => {
  const { media } = isImageAnswer(await cosmic.ai.generateImage({ prompt }), { width: 1024, height: 1024, folder: null })
  await keep(media)
})

for (const [size, quality] of [['1024x1024', 'standard'], ['1792x1024', 'hd'], ['1024x1792', 'hd']]) {
  test(`DALL-E 3 in ${size}, ${quality}`, async () => {
    const answer = await cosmic.ai.generateImage({ prompt, model: 'dall-e-3', size, quality, folder: 'drawn' })
    const [width, height] = size.split('x').map(Number)
    isImageAnswer(answer, { width, height, folder: 'drawn' })
    assert.equal(typeof answer.revised_prompt, 'string')
    await keep(answer.media)
  })
}

for (const [model, sizes] of [[flash, [512, 1024, 2048, 4096]], [pro, [1024, 2048, 4096]]]) {
  for (const side of sizes) {
    test(`${model} in ${side}x${side}`, async () => {
      const { media } = await cosmic.ai.generateImage({ prompt, model, size: `${side}x${side}` })
      isImageAnswer({ media }, { width: side, height: side })
      await keep(media)
    })
  }
}

const ratios = {
  [flash]: '1:1 1:4 1:8 2:3 3:2 3:4 4:1 4:3 4:5 5:4 8:1 9:16 16:9 21:9',
  [pro]: '1:1 2:3 3:2 3:4 4:3 4:5 5:4 9:16 16:9 21:9',
}

for (const [model, all] of Object.entries(ratios)) {
  test(`${model} in every shape`, async () => {
    for (const aspect_ratio of all.split(' ')) {
      const { media } = await cosmic.ai.generateImage({ prompt, model, size: '1024x1024', aspect_ratio })
      isImageAnswer({ media })
      const [across, down] = aspect_ratio.split(':').map(Number)
      const off = Math.abs(media.width / media.height / (across / down) - 1)
      assert.ok(off <= 0.03, `${media.width}x${media.height} for ${aspect_ratio}`)
      await keep(media)
    }
  })
}

for (const [model, count] of [[flash, 14], [pro, 5]]) {
  test(`${model} with ${count} pictures to go by`, async () => {
    const reference_images = Array.from({ length: count }, (_, at) => `https://cdn.cosmicjs.com/style-${at}.jpg`)
    const asked = { prompt, model, size: '2048x2048', reference_images, folder: 'drawn', alt_text: 'In that style' }
    const { media } = await cosmic.ai.generateImage(asked)
    isImageAnswer({ media }, { width: 2048, height: 2048, folder: 'drawn', alt_text: 'In that style' })
    await keep(media)
  })
}
