import { expect, it } from "vitest";
import type { ServicePoint } from "../api/types";
import { byWay } from "./words";

const point = (point_id: number, next_point: number): ServicePoint => ({
  point_id,
  next_point,
  point_name: `จุด ${point_id}`,
  point_name_en: "",
  rooms: [],
  departments: [],
  version: 1,
});

it.each([
  ["the last one was added first", [point(1, 0), point(2, 1), point(3, 2)], [3, 2, 1]],
  ["two ways end at one pharmacy", [point(1, 0), point(2, 1), point(3, 1)], [2, 1, 3]],
  ["a circle", [point(1, 2), point(2, 1)], [1, 2]],
  ["the next point was removed", [point(1, 9)], [1]],
])("lists service points in the order of the people's way: %s", (_, points, order) => {
  expect(byWay(points).map(({ point_id }) => point_id)).toEqual(order);
});
