//! The largest request that fits into what is left.

use cosmic_ai_core::cost::{speech_input, speech_price};
use cosmic_ai_core::registry::{ImageSpec, Spec, SpeechSpec, TextSpec, VideoSpec};
use cosmic_ai_core::{
    Charge, ImageQuality, ImageRequest, LargestFit, Request, RequestRef, TextRequest, Tokens, VideoRequest,
};

use crate::estimate::Estimator;

impl Estimator<'_> {
    /// The largest request like this one, on the same model, whose upper bound is admitted:
    /// - text: the largest `max_tokens`, up to the model's published ceiling, else [`u32::MAX`];
    /// - a clip: the longest of the model's durations;
    /// - an image: the model's size of the highest price in the same quality, among equals the largest by area, the
    ///   request's own before others;
    /// - speech: the most characters, whatever the length of the text.
    ///
    /// `admits` is asked what may be charged at most, by pool; what is unknown or unbounded is not admitted. It must be
    /// monotone, as what is left of a budget is: what admits a charge admits a smaller one. Then the answer is sound
    /// and tight: the request so changed is admitted, and the next larger one is not.
    ///
    /// `None` where nothing of this kind is admitted, where nothing about the request changes its price (an extension),
    /// and where the request is invalid or its price unknown.
    ///
    /// ```
    /// use cosmic_ai_core::{ClipSeconds, LargestFit, Registry, Tokens, VideoRequest};
    /// use cosmic_ai_pricing::Estimator;
    ///
    /// let film = VideoRequest::new("Waves at dusk"); // 8 seconds: 288,000
    /// let left = Tokens(250_000);
    /// let largest = Estimator::new(Registry::built_in()).largest_that_fits(&film, |charge| charge.total() <= left);
    /// assert_eq!(largest, Some(LargestFit::Duration(ClipSeconds::SIX)));
    /// ```
    pub fn largest_that_fits<'a>(
        &self,
        request: impl Into<RequestRef<'a>>,
        admits: impl Fn(Charge) -> bool,
    ) -> Option<LargestFit> {
        let request = request.into();
        let model = self.registry.check(request).ok()??;
        match (&model.spec, request) {
            (Spec::Text(spec), RequestRef::Text(request)) => self.most_tokens_of_answer(spec, request, admits),
            (Spec::Image(spec), RequestRef::Image(request)) => self.largest_size(spec, request, admits),
            (Spec::Video(spec), RequestRef::Video(request)) => self.longest_clip(spec, request, admits),
            (Spec::Speech(spec), RequestRef::Speech(_)) => most_characters(spec, admits),
            _ => None,
        }
    }

    fn most_tokens_of_answer(
        &self,
        spec: &TextSpec,
        request: &TextRequest,
        admits: impl Fn(Charge) -> bool,
    ) -> Option<LargestFit> {
        // The input does not change with the answer: it is counted once, not in every step of the search.
        let least = self.estimate(&request.clone().with_max_tokens(1)).ok()?.most()?;
        let ceiling = spec.max_output.as_ref().and_then(|ceiling| u32::try_from(ceiling.value.get()).ok());
        let fits = |max_tokens| admitted(least.input, spec.tier.high.apply(Tokens(max_tokens)), &admits);
        let most = last_that(u64::from(ceiling.unwrap_or(u32::MAX)), fits)?;
        u32::try_from(most).ok().map(LargestFit::MaxTokens)
    }

    fn largest_size(
        &self,
        spec: &ImageSpec,
        request: &ImageRequest,
        admits: impl Fn(Charge) -> bool,
    ) -> Option<LargestFit> {
        let quality = request.quality.unwrap_or(ImageQuality::Standard);
        let own = request.size.unwrap_or(spec.default_size);
        let mut prices: Vec<_> = spec.prices.iter().filter(|price| price.quality == quality).collect();
        prices.sort_by_key(|price| (price.price.high, price.size.area(), price.size == own));
        let sizes = prices.iter().rev().map(|price| price.size);
        sizes
            .filter(|size| self.is_admitted(&request.clone().with_size(*size).into(), &admits))
            .map(LargestFit::Size)
            .next()
    }

    fn longest_clip(
        &self,
        spec: &VideoSpec,
        request: &VideoRequest,
        admits: impl Fn(Charge) -> bool,
    ) -> Option<LargestFit> {
        let durations = spec.durations.iter().map(|price| price.duration);
        durations
            .filter(|duration| self.is_admitted(&request.clone().with_duration(*duration).into(), &admits))
            .max()
            .map(LargestFit::Duration)
    }

    /// Whether the model takes `request` and its upper bound is admitted.
    pub(crate) fn is_admitted(&self, request: &Request, admits: impl Fn(Charge) -> bool) -> bool {
        self.estimate(request).is_ok_and(|estimate| estimate.most().is_some_and(admits))
    }
}

/// The price of speech goes by its length alone, so the text itself is of no matter.
fn most_characters(spec: &SpeechSpec, admits: impl Fn(Charge) -> bool) -> Option<LargestFit> {
    let fits = |units| {
        let output = speech_price(units, spec.price_per_thousand.value);
        admitted(speech_input(units), output, &admits)
    };
    last_that(u64::MAX, fits).map(LargestFit::Characters)
}

/// Whether a charge is admitted; one whose pools together overflow is unbounded, as in an estimate.
fn admitted(input: Tokens, output: Option<Tokens>, admits: impl Fn(Charge) -> bool) -> bool {
    output.is_some_and(|output| input.checked_add(output).is_some() && admits(Charge::new(input, output)))
}

/// The largest number from 1 to `most` that `fits`, by halving; `None` if not even 1 does. What fits must fit all that
/// is smaller.
fn last_that(most: u64, fits: impl Fn(u64) -> bool) -> Option<u64> {
    let (mut fitting, mut beyond) = (0, u128::from(most) + 1);
    while fitting + 1 < beyond {
        let middle = fitting + (beyond - fitting) / 2;
        match u64::try_from(middle) {
            Ok(number) if fits(number) => fitting = middle,
            _ => beyond = middle,
        }
    }
    u64::try_from(fitting).ok().filter(|number| *number > 0)
}
