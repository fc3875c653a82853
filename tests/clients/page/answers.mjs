// Prints an answer of each kind, a line each, to be compared with the answers that the page shows.

import { cosmic } from '../bucket.mjs'

const prompt = 'A serene mountain landscape at sunset'
const metadata = { caption: 'Mountains', generated_by: 'us' }

const text = await cosmic.ai.generateText({ prompt, max_tokens: 500 })
const image = await cosmic.ai.generateImage({ prompt, folder: 'shown', alt_text: 'Mountains', metadata })
const video = await cosmic.ai.generateVideo({ prompt, folder: 'shown' })
const extension = await cosmic.ai.extendVideo({ prompt, media_id: video.media.id })
const audio = await cosmic.ai.generateAudio({ prompt })
for (const answer of [text, image, video, extension, audio]) console.log(JSON.stringify(answer))
