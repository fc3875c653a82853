// The bucket that the examples use: where its server is and what its keys are, as the environment says.

import { createBucketClient } from '@cosmicjs/sdk'

function given(name) {
  const value = process.env[name]
  if (!value) throw new Error(`the environment has no ${name}: run \`cargo xtask ci clients\``)
  return value
}

/** Where the API is, with `/v3`. */
export const baseUrl = given('COSMIC_BASE_URL')
/** The same API over a backend that writes one fragment a second. */
export const pacedUrl = given('COSMIC_PACED_URL')
/** The same API with a budget of a few thousand tokens. */
export const poorUrl = given('COSMIC_POOR_URL')
export const slug = given('BUCKET_SLUG')
export const readKey = given('BUCKET_READ_KEY')
export const writeKey = given('BUCKET_WRITE_KEY')

/** A client of the bucket, with some of its options changed. */
export function client({ url = baseUrl, ...changes } = {}) {
  return createBucketClient({
    bucketSlug: slug,
    readKey,
    writeKey,
    custom: { apiUrl: url, uploadUrl: url },
    ...changes,
  })
}

export const cosmic = client()

// What hangs is ended; what has ended is not kept waiting.
setTimeout(() => {
  console.error('not done after two minutes')
  process.exit(1)
}, 120_000).unref()
