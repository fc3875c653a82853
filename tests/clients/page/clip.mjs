// Makes the clip that printed commands go on from, and prints its id.

import { cosmic } from '../bucket.mjs'

const { media } = await cosmic.ai.generateVideo({ prompt: 'A kite over a beach' })
console.log(media.id)
