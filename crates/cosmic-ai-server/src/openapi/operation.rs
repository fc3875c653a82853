//! How a route is described: one method of one path.

use serde_json::{Map, Value, json};

use super::refusals;

/// The description of one method of one path.
#[derive(Debug)]
pub(super) struct Operation(Map<String, Value>);

/// Who may.
#[derive(Debug, Clone, Copy)]
pub(super) enum Access {
    /// Anyone.
    Open,
    /// Anyone, or who has a key of its own, as the server is configured.
    OpenOrKey,
    /// Who has the read key.
    Read,
    /// Who has the write key, in the header.
    Write,
    /// Who has the write key, in the header or in the body.
    WriteOrInBody,
}

impl Operation {
    /// An operation without parameters, body or answers. Its id is what generated clients call it.
    pub(super) fn new(tag: &str, id: &str, summary: &str, access: Access) -> Self {
        let security = match access {
            Access::Open => json!([{}]),
            Access::OpenOrKey => json!([{}, { "bearer": [] }]),
            Access::Read => json!([{ "bearer": [] }, { "read_key": [] }]),
            Access::Write => json!([{ "bearer": [] }]),
            Access::WriteOrInBody => json!([{ "bearer": [] }, {}]),
        };
        let Value::Object(map) = json!({
            "tags": [tag],
            "operationId": id,
            "summary": summary,
            "security": security,
            "parameters": [],
            "responses": refusals::of_every_route(),
        }) else {
            return Self(Map::new());
        };
        Self(map)
    }

    pub(super) fn about(mut self, description: &str) -> Self {
        self.0.insert("description".to_owned(), json!(description));
        self
    }

    /// Adds a parameter of the path, which names `what`.
    pub(super) fn in_path(self, name: &str, what: &str) -> Self {
        self.parameter(json!({
            "name": name, "in": "path", "required": true, "description": what, "schema": { "type": "string" },
        }))
    }

    /// Adds a parameter of the query.
    pub(super) fn in_query(self, name: &str, what: &str, schema: &Value) -> Self {
        self.parameter(json!({ "name": name, "in": "query", "description": what, "schema": schema }))
    }

    /// Adds a header of the request.
    pub(super) fn in_header(self, name: &str, what: &str, schema: &Value) -> Self {
        self.parameter(json!({ "name": name, "in": "header", "description": what, "schema": schema }))
    }

    fn parameter(mut self, parameter: Value) -> Self {
        if let Some(Value::Array(parameters)) = self.0.get_mut("parameters") {
            parameters.push(parameter);
        }
        self
    }

    /// Sets the body, with examples by their names.
    pub(super) fn taking(mut self, kind: &str, schema: &Value, examples: &[(&str, Value)]) -> Self {
        let mut content = Map::from_iter([("schema".to_owned(), schema.clone())]);
        if !examples.is_empty() {
            let examples = examples.iter().map(|(name, value)| ((*name).to_owned(), json!({ "value": value })));
            content.insert("examples".to_owned(), Value::Object(examples.collect()));
        }
        self.0.insert("requestBody".to_owned(), json!({ "required": true, "content": { kind: content } }));
        self
    }

    /// Adds an answer in JSON.
    pub(super) fn giving(self, status: u16, what: &str, schema: &Value) -> Self {
        self.giving_content(status, what, json!({ "application/json": { "schema": schema } }))
    }

    /// Adds an answer by its content types; `null` for one without content.
    pub(super) fn giving_content(mut self, status: u16, what: &str, content: Value) -> Self {
        let mut answer = Map::from_iter([("description".to_owned(), json!(what))]);
        if !content.is_null() {
            answer.insert("content".to_owned(), content);
        }
        self.respond(status, Value::Object(answer));
        self
    }

    /// Adds refusals by their statuses.
    pub(super) fn refusing(mut self, statuses: &[u16]) -> Self {
        for status in statuses {
            self.respond(*status, refusals::reference(*status));
        }
        self
    }

    /// Adds a header to an answer.
    pub(super) fn saying(mut self, status: u16, header: &str, what: &str) -> Self {
        let header = json!({ header: { "description": what, "schema": { "type": "string" } } });
        self.respond(status, json!({ "headers": header }));
        self
    }

    /// Adds to an answer.
    fn respond(&mut self, status: u16, answer: Value) {
        let Some(Value::Object(answers)) = self.0.get_mut("responses") else { return };
        let known = answers.entry(status.to_string()).or_insert_with(|| json!({}));
        if let (Value::Object(known), Value::Object(answer)) = (known, answer) {
            known.extend(answer);
        }
    }

    pub(super) fn into_value(self) -> Value {
        Value::Object(self.0)
    }
}
