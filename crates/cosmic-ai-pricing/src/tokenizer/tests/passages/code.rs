//! More source code, in other languages than the first passage.

pub(super) const PYTHON: &str = r#"from __future__ import annotations

import argparse
import csv
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Trip:
    bike_id: str
    minutes: int
    start_station: str


def read_trips(path: Path) -> list[Trip]:
    """Read one month of trips, skipping rows without a duration."""
    with path.open(newline="", encoding="utf-8") as handle:
        rows = csv.DictReader(handle, delimiter=";")
        return [
            Trip(row["bike"], int(row["minutes"]), row["from"].strip())
            for row in rows
            if row["minutes"].isdigit()
        ]


def busiest(trips: list[Trip], top: int = 5) -> list[tuple[str, int]]:
    counts: dict[str, int] = defaultdict(int)
    for trip in trips:
        counts[trip.start_station] += 1
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:top]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    args = parser.parse_args()
    for station, count in busiest(read_trips(args.file)):
        print(f"{station:<24}{count:>6}")
"#;

pub(super) const TYPESCRIPT: &str = r#"import { useEffect, useMemo, useState } from "react";
import type { Plant, Watering } from "./types";

interface Props {
  plants: readonly Plant[];
  onWater: (id: string, litres: number) => Promise<Watering>;
}

export function GardenTable({ plants, onWater }: Props) {
  const [filter, setFilter] = useState("");
  const [pending, setPending] = useState<Set<string>>(new Set());

  const visible = useMemo(
    () => plants.filter((plant) => plant.name.toLowerCase().includes(filter.trim().toLowerCase())),
    [plants, filter],
  );

  useEffect(() => {
    document.title = `${visible.length} of ${plants.length} plants`;
  }, [visible.length, plants.length]);

  async function handleWater(plant: Plant): Promise<void> {
    setPending((previous) => new Set(previous).add(plant.id));
    try {
      await onWater(plant.id, plant.thirst > 0.5 ? 1.5 : 0.75);
    } finally {
      setPending((previous) => {
        const next = new Set(previous);
        next.delete(plant.id);
        return next;
      });
    }
  }

  return (
    <section className="garden">
      <input value={filter} onChange={(event) => setFilter(event.target.value)} placeholder="Search…" />
      <ul>
        {visible.map((plant) => (
          <li key={plant.id}>
            <button disabled={pending.has(plant.id)} onClick={() => void handleWater(plant)}>
              Water {plant.name}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
"#;
