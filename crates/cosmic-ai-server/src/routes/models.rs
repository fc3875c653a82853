//! `GET /v3/models`: the models that can be asked for, what they take and cost, and where each figure comes from.

mod limits;
mod view;

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::Uri;
use cosmic_ai::Modality;
use schemars::JsonSchema;
use serde::Serialize;

use self::view::ModelView;
use super::parameters::{Parameters, not_one_of};
use crate::app::App;
use crate::error::ApiError;

/// The names that a modality goes by in parameters: its own, and that of its route.
const MODALITIES: [(&str, Modality); 5] = [
    ("text", Modality::Text),
    ("image", Modality::Image),
    ("video", Modality::Video),
    ("speech", Modality::Speech),
    ("audio", Modality::Speech),
];

/// The models that match.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct ModelList {
    /// In the order of the API's page.
    models: Vec<ModelView>,
    /// How many there are.
    total: usize,
}

/// One model.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct OneModel {
    /// The model.
    model: ModelView,
}

/// Lists the models of a modality, a provider, or all.
pub(super) async fn list(State(app): State<Arc<App>>, uri: Uri) -> Result<Json<ModelList>, ApiError> {
    let parameters = Parameters::of(&uri)?;
    parameters.only(&["modality", "provider"])?;
    let modality = parameters.choice("modality", &MODALITIES)?;
    let provider = parameters.get("provider")?;
    if let Some(named) = provider {
        let mut known: Vec<&str> = app.registry.models().iter().map(|model| model.provider.as_str()).collect();
        known.sort_unstable();
        known.dedup();
        if !known.contains(&named) {
            return Err(not_one_of("provider", named, known));
        }
    }
    let models = app.registry.models().iter();
    let models = models.filter(|model| modality.is_none_or(|modality| model.modality() == modality));
    let models = models.filter(|model| provider.is_none_or(|provider| model.provider.as_str() == provider));
    let models: Vec<ModelView> = models.map(ModelView::of).collect();
    Ok(Json(ModelList { total: models.len(), models }))
}

/// One model, by id, alias or display name.
pub(super) async fn one(
    State(app): State<Arc<App>>,
    id: Result<Path<String>, PathRejection>,
) -> Result<Json<OneModel>, ApiError> {
    let unknown = || ApiError::not_found("no model of this name; see /v3/models");
    let Path(id) = id.map_err(|_| unknown())?;
    let model = app.registry.find(&id).ok_or_else(unknown)?;
    Ok(Json(OneModel { model: ModelView::of(model) }))
}
