// Judges a description in OpenAPI 3.1 and a folder of JSON Schemas by validators that are not ours, and the validators by copies
// with one thing broken: `node check.mjs OPENAPI.json SCHEMAS`. Ends with 1 if anything is not as it should be.

import { Validator } from '@seriousme/openapi-schema-validator'
import Ajv2020 from 'ajv/dist/2020.js'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const [, , documentPath, schemasFolder] = process.argv
const read = (path) => JSON.parse(readFileSync(path, 'utf8'))
// Formats such as `uint32` are words to it, as they are to the standard.
const ajv = () => new Ajv2020.default({ strict: false, validateFormats: false, allErrors: true })
const metaSchema = ajv()

/** Every schema object of a description, with where it stands. */
function* schemaObjects(part, path = '') {
  if (part === null || typeof part !== 'object') return
  for (const [key, value] of Object.entries(part)) {
    // What is an example may look like anything.
    if (key === 'example' || key === 'examples') continue
    const at = `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
    if (key === 'schema') yield [at, value]
    else if (at === '/components/schemas') {
      for (const [name, schema] of Object.entries(value)) yield [`${at}/${name}`, schema]
    } else yield* schemaObjects(value, at)
  }
}

/** What is wrong with a description: with its own shape, with its references, with its schemas. */
async function problems(document) {
  const found = []
  const outcome = await new Validator().validate(structuredClone(document))
  if (!outcome.valid) found.push(`not OpenAPI 3.1: ${JSON.stringify(outcome.errors).slice(0, 1000)}`)
  for (const [path, schema] of schemaObjects(document)) {
    if (!metaSchema.validateSchema(schema)) found.push(`${path}: ${metaSchema.errorsText()}`)
  }
  return found
}

/** Ways to break a description, each of which has to be found. */
const breaks = {
  'no version': (it) => delete it.openapi,
  'no title': (it) => delete it.info.title,
  'paths as a list': (it) => (it.paths = Object.entries(it.paths)),
  'a path without its slash': (it) => (it.paths['v3/nowhere'] = {}),
  'no description of an answer': (it) => delete firstOperation(it).responses[200].description,
  'a parameter nowhere': (it) => (it.paths['/v3/models/{id}'].get.parameters = [{ name: 'id', in: 'thought', schema: {} }]),
  'a reference to nothing': (it) => (it.components.schemas.Error = { $ref: '#/components/schemas/None' }),
  'a schema of no type': (it) => (it.components.schemas.Media.type = 'film'),
  'a schema of a body of no type': (it) => (firstOperation(it).requestBody.content['application/json'].schema = { type: 'film' }),
  'what is required in a word': (it) => (it.components.schemas.Media.required = 'id'),
}
const firstOperation = (document) => document.paths['/v3/buckets/{slug}/ai/text'].post

const document = read(documentPath)
const wrong = await problems(document)
for (const [what, spoil] of Object.entries(breaks)) {
  const broken = structuredClone(document)
  spoil(broken)
  if ((await problems(broken)).length === 0) wrong.push(`a description with ${what} passes`)
}

const schemas = readdirSync(schemasFolder).filter((name) => name.endsWith('.json'))
for (const name of schemas) {
  try {
    ajv().compile(read(join(schemasFolder, name)))
  } catch (error) {
    wrong.push(`${name}: ${error.message}`)
  }
}
// One validator for all of them: no two may bear one name.
try {
  const together = ajv()
  for (const name of schemas) together.addSchema(read(join(schemasFolder, name)))
  const media = together.getSchema('urn:cosmic-ai:schema:media')
  if (!media({ id: 'a', type: 'image/png', url: 'https://example.com/a.png' })) wrong.push('a medium is refused')
  if (media({ id: 'a', type: 'image/png' })) wrong.push('a medium without its URL passes')
} catch (error) {
  wrong.push(error.message)
}

if (wrong.length > 0) {
  console.error(wrong.join('\n'))
  process.exit(1)
}
const paths = Object.keys(document.paths).length
const described = [...schemaObjects(document)].length
console.log(
  `openapi: OpenAPI ${document.openapi} with ${paths} paths and ${described} schemas is valid, ` +
    `${Object.keys(breaks).length} broken copies are not; ${schemas.length} JSON Schemas compile`,
)
