// Text in one piece: from a prompt, from a conversation, about a file, by each family of models.

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { cosmic } from '../bucket.mjs'
import { isTextAnswer } from '../shapes.mjs'

const tea = 'Describe a teapot in two sentences'

test('a prompt is answered with text and usage', async () => {
  isTextAnswer(await cosmic.ai.generateText({ prompt: tea, max_tokens: 300 }))
})

test('a prompt alone is enough', async () => {
  isTextAnswer(await cosmic.ai.generateText({ prompt: tea }))
})

test('a conversation is answered', async () => {
  const answer = await cosmic.ai.generateText({
    messages: [
      { role: 'user', content: 'What is a teapot for?' },
      { role: 'assistant', content: 'It keeps leaves and hot water together until there is tea.' },
      { role: 'user', content: 'And what is it made of?' },
    ],
    max_tokens: 300,
  })
  isTextAnswer(answer)
})

for (const file of ['harbour.jpg', 'annual-report.pdf', 'figures.xlsx', 'letter.docx']) {
  test(`a file is looked at: ${file}`, async () => {
    const media_url = `https://cdn.cosmicjs.com/${file}`
    isTextAnswer(await cosmic.ai.generateText({ prompt: 'What does this show?', media_url, max_tokens: 300 }))
  })
}

test('a conversation about a file is answered', async () => {
  const answer = await cosmic.ai.generateText({
    messages: [
      { role: 'user', content: 'How did the year go?' },
      { role: 'assistant', content: 'Slowly at first, says the sheet.' },
      { role: 'user', content: 'Which week was the best?' },
    ],
    media_url: 'https://cdn.cosmicjs.com/figures.xlsx',
    max_tokens: 300,
  })
  isTextAnswer(answer)
})

const models = [
  'claude-opus-4-8',
  'claude-opus-4-7',
  'claude-opus-4-6',
  'claude-opus-4-5-20251101',
  'claude-opus-4-1-20250805',
  'claude-opus-4-20250514',
  'claude-sonnet-4-5-20250929',
  'claude-sonnet-4-20250514',
  'claude-haiku-4-5-20251001',
  'gemini-3.1-pro-preview',
  'gemini-3-pro-preview',
  'gpt-5.2-codex',
  'gpt-5.2',
  'gpt-5',
  'gpt-5-mini',
  'gpt-5-nano',
  'gpt-4.1',
  'gpt-4o',
  'o1',
  'o3',
]

test('every model that is offered answers', async () => {
  for (const model of models) {
    const answer = isTextAnswer(await cosmic.ai.generateText({ prompt: tea, model, max_tokens: 200 }))
    if (answer.model !== undefined) assert.equal(answer.model, model)
  }
})

test('text stays text in any script', async () => {
  const answer = await cosmic.ai.generateText({ prompt: 'Übersetze „茶壶 🫖“ ins Deutsche', max_tokens: 200 })
  assert.doesNotMatch(isTextAnswer(answer).text, /\uFFFD/)
})
