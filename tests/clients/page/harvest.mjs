// Keeps every medium in the library to be decoded.

import { cosmic } from '../bucket.mjs'
import { keep } from '../keep.mjs'
import { isMedium } from '../shapes.mjs'

const { media, total } = await cosmic.media.find()
if (media.length !== total) throw new Error(`${media.length} media are listed, of ${total}`)
for (const medium of media) await keep(isMedium(medium))
