//! The table of routes: what answers where, by which method. The router is made of it, and so is the description of the API,
//! so that neither has a route that the other does not have.

use std::sync::Arc;

use axum::Router;
use axum::routing::{MethodFilter, MethodRouter, on};
use cosmic_ai::{ExtensionRequest, ImageRequest, SpeechRequest, VideoRequest};

use super::{ai, estimate, files, health, media, models, text, usage};
use crate::app::App;

macro_rules! endpoints {
    ($($name:ident: $method:ident $path:literal => $handler:expr;)*) => {
        /// A route and a method.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Endpoint {
            $($name,)*
        }

        impl Endpoint {
            /// All that there are.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The path, with its parameters in braces.
            pub(crate) const fn path(self) -> &'static str {
                match self {
                    $(Self::$name => $path,)*
                }
            }

            /// The method's name. A `GET` answers `HEAD` too.
            pub(crate) const fn method(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($method),)*
                }
            }

            fn handler(self) -> MethodRouter<Arc<App>> {
                match self {
                    $(Self::$name => on(MethodFilter::$method, $handler),)*
                }
            }
        }
    };
}

endpoints! {
    GenerateText: POST "/v3/buckets/{slug}/ai/text" => text::generate;
    GenerateImage: POST "/v3/buckets/{slug}/ai/image" => ai::make::<ImageRequest>;
    GenerateVideo: POST "/v3/buckets/{slug}/ai/video" => ai::make::<VideoRequest>;
    ExtendVideo: POST "/v3/buckets/{slug}/ai/video/extend" => ai::make::<ExtensionRequest>;
    GenerateSpeech: POST "/v3/buckets/{slug}/ai/audio" => ai::make::<SpeechRequest>;
    ListMedia: GET "/v3/buckets/{slug}/media" => media::list;
    UploadMedium: POST "/v3/buckets/{slug}/media" => media::upload;
    GetMedium: GET "/v3/buckets/{slug}/media/{id}" => media::one;
    ChangeMedium: PATCH "/v3/buckets/{slug}/media/{id}" => media::change;
    DeleteMedium: DELETE "/v3/buckets/{slug}/media/{id}" => media::remove;
    GetFile: GET "/media/{name}" => files::serve;
    ListModels: GET "/v3/models" => models::list;
    GetModel: GET "/v3/models/{id}" => models::one;
    Estimate: POST "/v3/estimate" => estimate::price;
    Usage: GET "/v3/usage" => usage::report;
    Health: GET "/healthz" => health::alive;
    Readiness: GET "/readyz" => health::ready;
    Metrics: GET "/metrics" => health::metrics;
    OpenApi: GET "/openapi.json" => health::openapi;
}

/// A router of all of them.
pub(super) fn router() -> Router<Arc<App>> {
    let add = |router: Router<Arc<App>>, endpoint: &Endpoint| router.route(endpoint.path(), endpoint.handler());
    Endpoint::ALL.iter().fold(Router::new(), add)
}
