// The media library: listing, looking up, uploading, changing, deleting.

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { baseUrl, client, cosmic, readKey, slug } from '../bucket.mjs'
import { download } from '../keep.mjs'
import { hasMetadata, isMedium, isRefused, isTextAnswer } from '../shapes.mjs'

// Two by two grey pixels.
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAAAAABX3VL4AAAADklEQVR4nGNoaGBoaAAABgYCASzBUNcAAAAASUVORK5CYII=',
  'base64',
)

function upload(options = {}) {
  return cosmic.media.insertOne({ media: png, filename: 'grey.png', contentType: 'image/png', ...options })
}

test('a file is uploaded, found, changed and deleted', async () => {
  const uploaded = await upload({ folder: 'attic', metadata: { shade: 'grey', pixels: 4 } })
  const { media } = uploaded
  isMedium(media, { original_name: 'grey.png', type: 'image/png', size: png.length, folder: 'attic' })
  hasMetadata(media, { shade: 'grey', pixels: 4 })
  assert.deepEqual(await download(media), png)

  const found = await cosmic.media.findOne({ id: media.id })
  assert.deepEqual(isMedium(found.media), media)

  const changes = { folder: 'cellar', alt_text: 'Four pixels', metadata: { shade: 'darker' } }
  const changed = await cosmic.media.updateOne(media.id, changes)
  isMedium(changed.media, { id: media.id, folder: 'cellar', alt_text: 'Four pixels', url: media.url })
  hasMetadata(changed.media, { shade: 'darker' })
  assert.deepEqual((await cosmic.media.findOne({ id: media.id })).media, changed.media)

  const deleted = await cosmic.media.deleteOne(media.id)
  assert.equal(typeof deleted.message, 'string')
  await isRefused(Promise.resolve(cosmic.media.findOne({ id: media.id })), 404, /./)
  assert.equal((await fetch(media.url)).status, 404)
  await isRefused(cosmic.media.deleteOne(media.id), 404, /./)
})

test('a file as a form of a web server hands it on is uploaded', async () => {
  const { media } = await cosmic.media.insertOne({ media: { buffer: png, originalname: 'form.png' } })
  isMedium(media, { original_name: 'form.png', type: 'image/png', folder: null })
  await cosmic.media.deleteOne(media.id, true)
})

test('an uploaded file is looked at', async () => {
  const { media } = await upload({ trigger_webhook: false })
  isTextAnswer(await cosmic.ai.generateText({ prompt: 'What is this?', media_url: media.url, max_tokens: 100 }))
})

test('lists are in pages, in order, and of some fields', async () => {
  const folder = 'shelf'
  const ids = []
  for (let at = 0; at < 5; at += 1) {
    ids.push((await upload({ folder, filename: `grey-${at}.png` })).media.id)
  }
  const all = await cosmic.media.find({ folder }).sort('created_at')
  assert.equal(all.total, 5)
  assert.deepEqual(all.media.map((media) => media.id), ids)
  all.media.forEach((media) => isMedium(media, { folder, type: 'image/png' }))

  const page = await cosmic.media.find({ folder }).sort('-created_at').skip(1).limit(2)
  assert.equal(page.total, 5)
  assert.equal(page.limit, 2)
  assert.deepEqual(page.media.map((media) => media.id), [ids[3], ids[2]])

  const fields = await cosmic.media.find({ folder }).props('id,url').limit(1).useCache()
  assert.deepEqual(Object.keys(fields.media[0]).sort(), ['id', 'url'])
  const listed = await cosmic.media.find({ folder }).props(['name', 'imgix_url']).sort('random')
  assert.equal(listed.media.length, 5)
  assert.deepEqual(Object.keys(listed.media[0]).sort(), ['imgix_url', 'name'])

  const names = all.media.slice(0, 2).map((media) => media.name)
  const named = await cosmic.media.find({ name: { $in: names } })
  assert.deepEqual(named.media.map((media) => media.name).sort(), [...names].sort())

  const everything = await cosmic.media.find()
  assert.ok(everything.total >= 5)
  assert.equal(everything.limit, 1_000)
  for (const id of ids) await cosmic.media.deleteOne(id)
})

test('one medium is got by its id', async () => {
  const { media } = await upload()
  const answer = await fetch(`${baseUrl}/buckets/${slug}/media/${media.id}?read_key=${readKey}`)
  assert.equal(answer.status, 200)
  assert.deepEqual(await answer.json(), { media })
})

test('a generated medium is found by what it is', async () => {
  const { media } = await cosmic.ai.generateImage({ prompt: 'A key on a hook', folder: 'hall', alt_text: 'A key' })
  const found = await cosmic.media.findOne({ folder: 'hall' })
  assert.deepEqual(found.media, media)
})

test('a part of a file is sent when a part is asked for', async () => {
  const { media } = await upload()
  const answer = await fetch(media.url, { headers: { range: 'bytes=1-3' } })
  assert.equal(answer.status, 206)
  assert.equal(await answer.text(), 'PNG')
})

test('what is not there is not found', async () => {
  await isRefused(Promise.resolve(cosmic.media.find({ folder: 'nowhere' })), 404, /./)
  await isRefused(Promise.resolve(cosmic.media.findOne({ id: 'nobody' })), 404, /./)
  await isRefused(cosmic.media.updateOne('nobody', { alt_text: 'Nothing' }), 404, /./)
  await isRefused(cosmic.media.deleteOne('nobody'), 404, /./)
})

test('the library asks for keys', async () => {
  await isRefused(Promise.resolve(client({ readKey: 'wrong' }).media.find()), 401, /key/)
  const stranger = client({ writeKey: 'wrong' })
  await isRefused(stranger.media.insertOne({ media: png, filename: 'grey.png' }), 401, /key/)
  await isRefused(stranger.media.updateOne('nobody', { folder: 'attic' }), 401, /key/)
  await isRefused(stranger.media.deleteOne('nobody'), 401, /key/)
  const keyless = client({ writeKey: undefined })
  await isRefused(keyless.media.insertOne({ media: png, filename: 'grey.png' }), 401, /key/)
  await assert.rejects(keyless.media.deleteOne('nobody'), /'writeKey' should be a valid string/, 'the SDK says so itself')
})
