//! Speech rows and voices.

use super::super::rows::{SpeechRow, VoiceRow};
use super::{Applying, Wrong, common, contained, missing, other_modality};
use crate::registry::{Spec, SpeechSpec, VoiceInfo};
use crate::speech::{PIECE_CHARACTERS, Voice};

impl Applying {
    pub(super) fn voice(&mut self, row: VoiceRow) {
        let voice = VoiceInfo { voice: row.name, group: row.group, sound: row.sound.into(), suits: row.suits.into() };
        // The newest description wins, for models that have the voice and for those that come to have it.
        for model in &mut self.models {
            if let Spec::Speech(spec) = &mut model.spec
                && let Some(known) = spec.voices.to_mut().iter_mut().find(|known| known.voice == voice.voice)
            {
                known.clone_from(&voice);
            }
        }
        self.voices.retain(|known| known.voice != voice.voice);
        self.voices.push(voice);
    }

    pub(super) fn speech(&mut self, key: String, mut row: SpeechRow) -> Result<(), Wrong> {
        let (voices, default_voice) = (row.voices.take(), row.default_voice.take());
        let (price, characters) = (row.price_per_thousand.take(), row.piece_characters);
        self.place(common!(row, key), |applying, key, old| {
            let voices = voices.map(|names| applying.described(key, &names)).transpose()?;
            let price = price.map(|row| applying.figure(row));
            let mut spec = match old {
                Some(Spec::Speech(old)) => old,
                Some(other) => return Err(other_modality(key, &other)),
                None => SpeechSpec {
                    default_voice: voices
                        .as_ref()
                        .and_then(|voices| Some(voices.first()?.voice.clone()))
                        .ok_or_else(|| missing(key, "voices"))?,
                    voices: Vec::new().into(),
                    price_per_thousand: price.clone().ok_or_else(|| missing(key, "price_per_thousand"))?,
                    piece_characters: u32::try_from(PIECE_CHARACTERS).unwrap_or(u32::MAX),
                },
            };
            spec.voices = voices.map_or(spec.voices, Into::into);
            spec.default_voice = default_voice.unwrap_or(spec.default_voice);
            spec.price_per_thousand = price.unwrap_or(spec.price_per_thousand);
            spec.piece_characters = characters.unwrap_or(spec.piece_characters);
            contained(key, "default_voice", &spec.default_voice, spec.voices.iter().map(|known| known.voice.clone()))?;
            if spec.piece_characters == 0 {
                return Err((format!("{key}.piece_characters"), "must be at least 1".to_owned()));
            }
            Ok(Spec::Speech(spec))
        })
    }

    fn described(&self, key: &str, names: &[Voice]) -> Result<Vec<VoiceInfo>, Wrong> {
        let describe = |(place, name): (usize, &Voice)| {
            self.voices.iter().find(|known| known.voice == *name).cloned().ok_or_else(|| {
                let key = format!("{key}.voices[{place}]");
                (key, format!("`{name}` is not described; add a [[voice]] with its name, group, sound and suits"))
            })
        };
        names.iter().enumerate().map(describe).collect()
    }
}
