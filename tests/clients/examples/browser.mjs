// The SDK as a page in a browser has it, which uploads forms of its own, and as older programs load it.

import assert from 'node:assert/strict'
import { File } from 'node:buffer'
import { createRequire } from 'node:module'
import { test } from 'node:test'

import { baseUrl, readKey, slug, writeKey } from '../bucket.mjs'
import { download } from '../keep.mjs'
import { isMedium, isTextAnswer } from '../shapes.mjs'

const options = { bucketSlug: slug, readKey, writeKey, custom: { apiUrl: baseUrl, uploadUrl: baseUrl } }
const load = createRequire(import.meta.url)

test('a program that requires the SDK gets text', async () => {
  const { ai } = load('@cosmicjs/sdk').createBucketClient(options)
  isTextAnswer(await ai.generateText({ prompt: 'A teapot', max_tokens: 50 }))
})

test('a page uploads what its reader picks', async () => {
  // By these it tells a browser, when it is loaded; and this is the build of which programs for browsers are made.
  globalThis.window = globalThis
  globalThis.File ??= File
  const { createBucketClient } = await import('@cosmicjs/sdk/dist/index.mjs')
  const { media: library } = createBucketClient(options)

  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="2" height="2"/>'
  const picked = new File([svg], 'dot.svg', { type: 'image/svg+xml' })
  const { media } = await library.insertOne({ media: picked, folder: 'picked', metadata: { by: 'a reader' }, trigger_webhook: true })
  isMedium(media, { original_name: 'dot.svg', type: 'image/svg+xml', folder: 'picked', metadata: { by: 'a reader' } })
  assert.equal((await download(media)).toString(), svg)

  const blob = await library.insertOne({ media: new Blob(['Notes on tea']) })
  isMedium(blob.media, { original_name: 'file' })
  for (const { id } of [media, blob.media]) await library.deleteOne(id)
})
