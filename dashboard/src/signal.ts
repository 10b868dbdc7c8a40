/** Values that the screens show and that change outside of them: the address, the language, who is signed in. */
import { useLayoutEffect, useReducer } from "preact/hooks";

type Listener<T> = (value: T) => void;

/** The pages that are drawn again when the value of a signal changes. */
const pages = new Set<Listener<void>>();

class Signal<T> {
  #value: T;
  #listeners = new Set<Listener<T>>();

  constructor(value: T) {
    this.#value = value;
  }

  get value(): T {
    return this.#value;
  }

  set value(value: T) {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const listener of this.#listeners) listener(value);
    for (const draw of pages) draw();
  }

  /** Call `listener` now and at each change. Returns a function that ends it. */
  subscribe(listener: Listener<T>): () => void {
    this.#listeners.add(listener);
    listener(this.#value);
    return () => void this.#listeners.delete(listener);
  }
}

export const signal = <T>(value: T): Signal<T> => new Signal(value);

/** Draw the calling component, the root of a page, and all in it again when a signal changes. Preact does it once for
 * changes that come together. */
export function useSignals(): void {
  const [, draw] = useReducer<number, void>((count) => count + 1, 0);
  useLayoutEffect(() => {
    pages.add(draw);
    draw(); // for what has changed since the first drawing
    return () => void pages.delete(draw);
  }, []);
}
