//! Texts written for these tests, which the figures of the estimate were not fitted to.

mod arabic;
mod code;
mod east_asian;
mod emoji;
mod latin;

/// A passage with its script and true count.
pub(super) struct Passage {
    pub(super) script: &'static str,
    pub(super) text: &'static str,
    /// Its tokens as counted by bpe-openai 0.3.2, vocabulary `o200k_base`; a test with the feature `bpe` counts again.
    pub(super) tokens: u64,
}

const fn passage(script: &'static str, text: &'static str, tokens: u64) -> Passage {
    Passage { script, text, tokens }
}

/// All passages, those of a script together.
pub(super) const ALL: [Passage; 23] = [
    passage("English", ENGLISH, 170),
    passage("English", latin::ENGLISH_REPORT, 179),
    passage("English", latin::ENGLISH_DIALOGUE, 169),
    passage("German", GERMAN, 184),
    passage("German", latin::GERMAN_LETTER, 167),
    passage("German", latin::GERMAN_RECIPE, 217),
    passage("source code", RUST, 272),
    passage("source code", code::PYTHON, 287),
    passage("source code", code::TYPESCRIPT, 368),
    passage("Chinese", CHINESE, 523),
    passage("Chinese", east_asian::CHINESE_PRODUCT, 282),
    passage("Chinese", east_asian::CHINESE_TECHNICAL, 217),
    passage("Japanese", JAPANESE, 493),
    passage("Japanese", east_asian::JAPANESE_LETTER, 250),
    passage("Japanese", east_asian::JAPANESE_CASUAL, 245),
    passage("Arabic", ARABIC, 278),
    passage("Arabic", arabic::ARABIC_LETTER, 176),
    passage("Arabic", arabic::ARABIC_NEWS, 165),
    passage("emoji", EMOJI_CHAT, 284),
    passage("emoji", emoji::EMOJI_POSTS, 214),
    passage("emoji", emoji::EMOJI_REVIEWS, 168),
    passage("Russian", RUSSIAN, 221),
    passage("Korean", KOREAN, 378),
];

const ENGLISH: &str = "\
The old lighthouse keeper had stopped counting the winters somewhere after the fortieth. Each evening he climbed the \
narrow stairs with a kettle in one hand and a newspaper in the other, lit the lamp, and read aloud to nobody in \
particular. On the night of the great storm, however, a stranger knocked. She was soaked to the bone, carried a \
suitcase full of seashells, and asked, without a word of greeting, whether he still had room for one more voice.

Please write a short film from this scene: three shots, warm light, no dialogue before the second shot. The camera \
should begin outside, facing the waves, then follow the stranger's lantern up the path. Keep the music quiet; a cello \
and perhaps some distant bells. At the end we see both of them from behind, laughing at something in the paper.";

const GERMAN: &str = "\
Gestern Nachmittag bin ich zum ersten Mal seit Jahren wieder mit der Straßenbahn in die Altstadt gefahren. Vor dem \
Rathaus stand ein kleiner Bücherwagen, an dem eine freundliche Verkäuferin vergilbte Reiseberichte und \
Kinderbücher anbot. Ich kaufte für zwei Euro ein Heft über Vogelstimmen, setzte mich auf die Bank neben dem Brunnen \
und vergaß völlig die Zeit.

Erstelle aus dieser Erinnerung bitte eine ruhige Bilderfolge: Morgenlicht über nassen Pflastersteinen, die quietschende \
Bahn in der Kurve, danach eine Nahaufnahme der aufgeschlagenen Seiten. Die Farben dürfen etwas ausgeblichen wirken, \
wie auf einer alten Postkarte. Menschen sollen nur am Rand erscheinen, möglichst unscharf. Zum Schluss fliegt eine Amsel \
auf das Dach der Haltestelle, während im Hintergrund die Glocken läuten und der Regen langsam nachlässt.";

const RUST: &str = r"use std::collections::HashMap;

/// Keeps the newest reading of each sensor and forgets the ones that fell silent.
#[derive(Debug, Default)]
pub struct Board {
    readings: HashMap<String, Reading>,
    limit: Option<Duration>,
}

impl Board {
    pub fn record(&mut self, name: impl Into<String>, celsius: f32, at: Instant) -> Result<(), BoardError> {
        if !celsius.is_finite() || celsius < -273.15 {
            return Err(BoardError::Impossible { celsius });
        }
        let entry = self.readings.entry(name.into()).or_insert_with(|| Reading::new(celsius, at));
        entry.celsius = celsius;
        entry.seen = entry.seen.max(at);
        Ok(())
    }

    /// The warmest sensor, if any has reported within the limit.
    pub fn warmest(&self, now: Instant) -> Option<(&str, f32)> {
        self.readings
            .iter()
            .filter(|(_, reading)| self.limit.is_none_or(|limit| now - reading.seen <= limit))
            .map(|(name, reading)| (name.as_str(), reading.celsius))
            .max_by(|a, b| a.1.total_cmp(&b.1))
    }
}
";

const CHINESE: &str = "\
外婆家的院子里有一棵很老的枣树。每年秋天，枣子熟了，我们几个孩子就拿着竹竿去打，枣子噼里啪啦地落下来，滚得满地都是。外婆总是\
坐在门口的小板凳上，一边择菜一边笑着提醒我们小心脚下的石头。傍晚的时候，炊烟从厨房升起来，邻居家的狗也跑过来凑热闹，\
等着有人扔给它一块骨头。

后来我们都长大了，离开村子去了不同的城市工作。有一年春节我回去，发现院墙已经重新粉刷过，枣树却还在原来的地方，树干上还留着当年刻下的\
身高记号。我站在树下给远方的表哥打电话，他沉默了一会儿，说他昨天晚上刚好梦见了这棵树。

请根据这段回忆生成一段三十秒的视频：开头是俯拍的院子，阳光透过树叶照在地面上；接着镜头慢慢推近，一双小手捡起红色的枣子；\
最后画面变成雪天，屋檐下挂着灯笼，远处传来鞭炮声。色调要温暖，节奏不要太快，旁白用女声，语气平静自然。背景音乐以古筝为主，\
音量要低一些，不要盖过人声。如果时长不够，可以去掉中间的特写，但是结尾的雪景必须保留。字幕使用白色，放在画面下方，每行不超过十五个字。\
另外再做一张封面图片，比例为十六比九，上面写着“回家的路”四个字，字体要有毛笔的感觉。完成以后请告诉我大概需要多少费用，\
以及是否可以只修改其中的一个镜头。我们的预算并不高，所以希望先用较低的清晰度试一次，满意之后再制作正式的版本。谢谢你的帮助，\
如果还有什么不清楚的地方，请尽管提问，我会在今天晚上八点以前回复。祝你一切顺利，也希望这棵枣树明年还能结出又甜又大的果实。";

const JAPANESE: &str = "\
駅から海まで歩いて十五分ほどのところに、祖父がひとりで営んでいた小さな時計店がありました。店の中はいつも油のにおいがして、\
壁にかかった何十もの時計が、少しずつずれながら時を刻んでいました。私は学校の帰りに寄り道をして、修理の様子を眺めるのが大好きでした。\
祖父は無口な人でしたが、歯車を一つ外すたびに、その役目をゆっくり説明してくれました。

ある夏の午後、台風が近づいていて、お客さんは誰も来ませんでした。停電で店内が暗くなると、祖父は古いランプに火をともして、\
「音だけ聞いてごらん」と言いました。雨の音の向こうで、時計たちがまるで会話をしているように聞こえたのを、今でもはっきり覚えています。

この思い出をもとに、四枚のイラストを作ってください。一枚目は夕方の商店街、二枚目は作業机の上の道具、三枚目はランプの明かりに\
照らされた二人の横顔、最後は嵐の翌朝の青い海です。水彩画のようなやわらかいタッチで、人物の表情は控えめにお願いします。サイズは\
横長で、文字は入れないでください。また、ナレーション用の音声も一緒に作りたいので、落ち着いた男性の声で、少しゆっくり読み上げて\
もらえますか。料金の目安がわかれば、先に教えていただけると助かります。予算は三千円くらいを考えています。\
もし絵の雰囲気が合わなければ、途中で一度見せていただいて、色や構図を相談しながら直していければうれしいです。\
急ぎではありませんので、来週の金曜日までに届けば十分です。どうぞよろしくお願いいたします。";

const ARABIC: &str = "\
في كل صباح كان جدي يفتح باب دكانه الصغير قبل أن تستيقظ المدينة، ويرتب أكياس التوابل على الرفوف الخشبية بعناية شديدة. كان يعرف \
زبائنه واحدا واحدا، ويسأل كل امرأة عن أولادها وكل عامل عن رحلته الطويلة. وعندما كنت أزوره في العطلة الصيفية، كان يضع في يدي \
حفنة من حبات الهيل ويقول لي مبتسما: من يعرف الرائحة يعرف الطريق إلى البيت.

وبعد سنوات طويلة عدت إلى الشارع نفسه، فوجدت مكان الدكان مقهى حديثا تملؤه الشاشات والموسيقى الصاخبة. جلست قرب النافذة وطلبت فنجانا \
من القهوة، ثم أغمضت عيني قليلا حتى شعرت كأن العطر القديم ما زال عالقا بين الحجارة.

أريد منك أن تصنع مقطعا قصيرا من هذه الذكرى، يبدأ بلقطة قريبة ليدين تزنان الزعفران، ثم تبتعد الكاميرا ببطء لنرى السوق عند شروق \
الشمس. اجعل الألوان دافئة والصوت هادئا، ولا تستخدم أي نص مكتوب على الشاشة. في النهاية نسمع صوت الجد وهو ينادي حفيده من بعيد.";

const EMOJI_CHAT: &str = "\
mia: who is bringing the cake on saturday?? 🍰👀
tom: not me, last time it ended up on the ceiling 😂😂
mia: hahaha true 🤣 the neighbours still talk about it
lea: I can do a lemon one 🍋✨ if somebody lends me a tin
tom: my mum has three 😅 I'll drop one off tomorrow 🚲
mia: you two are the best ❤️❤️❤️
sam: sorry just woke up 😴 what did I miss
lea: cake logistics 🎂📋 very serious business
sam: count me in!! 🙋🏽‍♂️ I'll take care of the music 🎶🔊
tom: please no bagpipes this time 🙏😭
sam: no promises 😈
mia: also it's a surprise so NOT A WORD to grandpa 🤫🤐
lea: 👍👍
tom: he already asked me why the balloons are in my car 🎈🚗💀
mia: TOM 😱🤦‍♀️
tom: I said they were for the dog 🐶🎉
sam: your dog is scared of balloons 😆
lea: omg I can't breathe 🤣🤣🤣
mia: ok meet at 3 by the lake ☀️🌊 bring sunglasses 😎 and be on time ⏰
sam: yes boss 🫡💪";

const RUSSIAN: &str = "\
Наш поезд остановился посреди степи, и проводница сказала, что стоять будем не меньше часа. Пассажиры вышли на насыпь, кто-то \
достал гитару, а дети сразу побежали собирать ромашки. Я сидел на ступеньках вагона и смотрел, как над горизонтом медленно \
поднимается огромная рыжая луна. Рядом присела пожилая женщина с корзиной яблок и начала рассказывать о своём брате, который \
всю жизнь строил мосты, но так и не научился плавать.

Сделай, пожалуйста, по этой истории короткий ролик: сначала общий план вагона в сумерках, потом крупно руки, режущие яблоко, \
и наконец лица людей у костра. Музыка должна звучать тихо, почти незаметно, чтобы было слышно кузнечиков. Если получится, добавь \
в последнем кадре далёкий гудок и свет приближающегося локомотива.";

const KOREAN: &str = "\
할머니는 비가 오는 날이면 언제나 부침개를 부쳐 주셨다. 기름이 지글거리는 소리와 빗소리가 섞이면 온 가족이 약속이나 한 것처럼 부엌으로 \
모여들었다. 나는 동생과 창가에 앉아 유리창에 흐르는 물방울이 누가 더 빨리 내려가는지 내기를 했고, 아버지는 낡은 라디오를 고치느라 \
저녁 내내 끙끙대셨다. 지금도 장마가 시작되면 그 고소한 냄새가 어디선가 풍겨 오는 것 같다.

얼마 전에 고향집을 정리하다가 서랍 속에서 그 라디오를 다시 찾았다. 건전지를 갈아 끼우자 놀랍게도 작은 불이 들어오면서 노랫소리가 \
흘러나왔다. 우리는 아무 말 없이 한참 동안 그 노래를 들었다.

이 이야기를 바탕으로 짧은 영상을 만들어 주세요. 첫 장면은 처마 끝에서 떨어지는 빗방울, 두 번째 장면은 김이 모락모락 나는 접시, 마지막 \
장면은 불이 켜진 라디오를 바라보는 가족의 뒷모습이면 좋겠습니다. 색감은 따뜻하게 하고, 자막은 넣지 말아 주세요. 음악은 잔잔한 피아노 \
한 대로 충분합니다. 전체 길이는 사십 초를 넘지 않아야 하고, 화면 비율은 세로로 맞춰 주세요. 결과를 확인한 뒤에 내레이션을 추가할지 \
결정하려고 합니다. 예상 비용도 함께 알려 주시면 감사하겠습니다. 급한 일은 아니니 천천히 작업해 주셔도 괜찮습니다.";
