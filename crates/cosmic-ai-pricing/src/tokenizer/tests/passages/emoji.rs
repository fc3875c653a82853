//! More text with emoji, of other kinds than the first passage.

pub(super) const EMOJI_POSTS: &str = "\
Morning run done ✅ 8 km before breakfast 🏃‍♀️💨 legs are jelly but the sunrise was worth it 🌅😍

NEW DROP 🔥 our autumn candles are finally here 🕯️🍂 cinnamon, fig and something we can't quite describe 🤭 first 20 orders \
get a free matchbox 🎁 link in bio 👇👇

Day 14 of learning the ukulele 🎵 the cat has moved out 🐱🚪 the neighbours are next 😬😂

Reminder: drink water 💧 stretch 🧘 text your mum 📱❤️

Can someone explain why airports smell like perfume AND pizza 🤔✈️🍕

we did it!!! 🎓🥳 four years, two degrees, one very tired dog 🐕💤 thank you all for the love 🙏💕

Weekend plans: absolutely nothing 😌☕📚 do not call me 📵

Tomatoes are ripe 🍅🍅🍅 making sauce all day 👩‍🍳 come over with jars 🫙";

pub(super) const EMOJI_REVIEWS: &str = "\
⭐⭐⭐⭐⭐ Best headphones I've owned 🎧 bass is deep without drowning the voices 👌 battery lasted my whole flight to Lisbon 🇵🇹

⭐⭐ Arrived late 📦😒 box was crushed and one ear pad was missing 😡 support answered after a week 🐌

⭐⭐⭐⭐ Comfy and light 🪶 my only complaint: the case picks up every bit of dust 🧹 would still buy again 💯

⭐ Broke after three days 💔 the hinge just snapped 😭 refund requested 💸

⭐⭐⭐ It's fine 🤷 sound is okay for the price 💶 don't expect miracles 🪄 my daughter loves the colour though 💜🦄

⭐⭐⭐⭐⭐ Bought a second pair for my partner 👫🎉 now nobody hears the dishwasher 😆🍽️ pure bliss 😇";
