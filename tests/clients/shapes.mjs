// What answers look like: every field that the API documents, with its type.

import assert from 'node:assert/strict'

const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/

function isText(value, name) {
  assert.equal(typeof value, 'string', `${name} is text`)
  assert.notEqual(value, '', `${name} is not empty`)
}

function isCount(value, name, least = 0) {
  assert.ok(Number.isInteger(value) && value >= least, `${name} is a whole number from ${least}, not ${value}`)
}

function isTextOrNull(value, name) {
  if (value !== null) isText(value, name)
}

/** Tokens, as they are counted before any multiplier. */
export function isUsage(usage, { hasTotal = false } = {}) {
  isCount(usage.input_tokens, 'usage.input_tokens')
  isCount(usage.output_tokens, 'usage.output_tokens')
  if (hasTotal) assert.equal(usage.total_tokens, usage.input_tokens + usage.output_tokens, 'usage.total_tokens')
}

export function isTextAnswer(answer) {
  isText(answer.text, 'text')
  isUsage(answer.usage)
  isCount(answer.usage.input_tokens, 'usage.input_tokens', 1)
  isCount(answer.usage.output_tokens, 'usage.output_tokens', 1)
  return answer
}

/** A medium with all that is documented of every medium, and what was asked of this one. */
export function isMedium(media, expected = {}) {
  for (const name of ['id', 'name', 'original_name', 'type', 'bucket', 'url', 'imgix_url']) {
    isText(media[name], `media.${name}`)
  }
  isCount(media.size, 'media.size', 1)
  for (const name of ['created_at', 'modified_at']) assert.match(media[name], DATE, `media.${name}`)
  for (const name of ['folder', 'created_by', 'modified_by']) isTextOrNull(media[name], `media.${name}`)
  for (const [name, value] of Object.entries(expected)) assert.deepEqual(media[name], value, `media.${name}`)
  return media
}

/** The fields of `metadata` that are expected, whatever else there is. */
export function hasMetadata(media, expected) {
  for (const [name, value] of Object.entries(expected)) {
    assert.deepEqual(media.metadata?.[name], value, `media.metadata.${name}`)
  }
}

/** A picture, of `width` × `height` pixels if they are given. It has a price and no usage. */
export function isImageAnswer(answer, expected = {}) {
  isMedium(answer.media, { type: 'image/png', ...expected })
  isCount(answer.media.width, 'media.width', 1)
  isCount(answer.media.height, 'media.height', 1)
  assert.equal(answer.usage, undefined, 'no usage')
  return answer
}

/** A clip, in an answer whose tokens are `tokens`. */
export function isVideoAnswer(answer, { duration, resolution, tokens, ...expected }) {
  isMedium(answer.media, { type: 'video/mp4', ...expected })
  assert.match(answer.media.name, /^veo-.+\.mp4$/)
  isCount(answer.generation_time_seconds, 'generation_time_seconds')
  isText(answer.media.metadata.veo_file_uri, 'media.metadata.veo_file_uri')
  hasMetadata(answer.media, { duration, resolution, generation_time_seconds: answer.generation_time_seconds })
  isUsage(answer.usage, { hasTotal: true })
  isCount(answer.usage.total_tokens, 'usage.total_tokens', tokens)
  return answer
}

/** A clip that goes on from `source`. */
export function isExtensionAnswer(answer, source, expected) {
  isVideoAnswer(answer, { duration: 8, resolution: '720p', tokens: 288_000, ...expected })
  assert.match(answer.media.name, /^veo-ext-/)
  assert.notEqual(answer.media.id, source.media.id)
  assert.equal(answer.source_media_id, source.media.id)
  assert.equal(answer.is_extension, true)
  hasMetadata(answer.media, { is_extension: true, source_media_id: source.media.id })
  return answer
}

/** Speech of a text. */
export function isAudioAnswer(answer, { prompt, voice = 'nova', model = 'tts-1', chunks = 1, ...expected }) {
  isMedium(answer.media, { type: 'audio/mpeg', ...expected })
  assert.match(answer.media.name, /^tts-.+\.mp3$/)
  hasMetadata(answer.media, { model, voice, char_count: prompt.length, chunk_count: chunks })
  assert.ok(prompt.startsWith(answer.media.metadata.prompt.replace(/(\.{3}|…)$/, '')), 'the prompt, perhaps cut')
  assert.match(answer.media.metadata.duration_estimate, /^\d+ min$/)
  isUsage(answer.usage, { hasTotal: true })
  return answer
}

/** What a call is refused with: an object of `status` and `message`. */
export async function isRefused(promise, status, message) {
  const refusal = await promise.then(
    () => assert.fail(`it was taken, though ${status} was expected`),
    (refusal) => refusal,
  )
  if (refusal instanceof assert.AssertionError) throw refusal
  assert.equal(refusal?.status, status, `status of ${JSON.stringify(refusal)}`)
  isText(refusal.message, 'message')
  assert.match(refusal.message, message)
  return refusal
}
