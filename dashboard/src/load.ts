/** Data of a screen: loaded, kept fresh while the tab is seen, loaded again when the line is back. */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { connection } from "./api/connection";
import { failureOf, type Failure } from "./api/failure";

export interface Loaded<T> {
  data: T | undefined;
  failure: Failure | undefined;
  loading: boolean;
  reload: () => Promise<void>;
  /** Changes what is shown at once; the next load puts the truth in its place. */
  change: (to: (now: T) => T) => void;
}

interface Manner {
  /** Seconds between looks while the tab is visible. */
  every?: number;
  /** Nothing is asked while this is false. */
  when?: boolean;
}

/** Calls `ask` whenever `about` changes. Data of an earlier subject is never shown for a later. */
export function useLoaded<T>(ask: () => Promise<T>, about: unknown[], { every, when = true }: Manner = {}): Loaded<T> {
  const subject = JSON.stringify(about);
  const [kept, keep] = useState<{ subject: string; data?: T; failure?: Failure }>({ subject: "" });
  const [asking, setAsking] = useState(0);
  const turn = useRef(0);
  const underWay = useRef(0);
  const latestAsk = useRef(ask);
  latestAsk.current = ask;

  const reload = useCallback(async () => {
    const mine = ++turn.current;
    setAsking(++underWay.current);
    try {
      const data = await latestAsk.current();
      if (mine === turn.current) keep({ subject, data });
    } catch (caught) {
      const failure = failureOf(caught);
      if (mine === turn.current)
        keep((before) => ({ ...(before.subject === subject ? before : {}), subject, failure }));
    } finally {
      setAsking(--underWay.current);
    }
  }, [subject]);

  useEffect(() => {
    if (when) void reload();
    else turn.current++;
  }, [reload, when]);

  useEffect(() => {
    if (!when) return;
    let lost = false;
    return connection.subscribe((state) => {
      if (lost && state === "there") void reload();
      lost = state === "lost";
    });
  }, [reload, when]);

  useEffect(() => {
    if (!every || !when) return;
    const look = () => {
      if (document.visibilityState !== "visible" || connection.value === "lost") return;
      if (!underWay.current) void reload(); // a locked page's request waits for the unlock
    };
    const clock = setInterval(look, every * 1000);
    document.addEventListener("visibilitychange", look);
    return () => {
      clearInterval(clock);
      document.removeEventListener("visibilitychange", look);
    };
  }, [reload, every, when]);

  const fits = kept.subject === subject;
  return {
    data: fits ? kept.data : undefined,
    failure: fits ? kept.failure : undefined,
    loading: asking > 0,
    reload,
    change: (to) => {
      turn.current++; // an answer on its way is older than this change
      keep((now) => (now.data === undefined ? now : { ...now, data: to(now.data) }));
    },
  };
}

/** A request that a button makes: busy while under way, its failure kept until the next. */
export function useAction() {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | undefined>();
  const underWay = useRef(false);
  /** True when it went well. A second call while one is under way does nothing. */
  const run = useCallback(async (act: () => Promise<void>): Promise<boolean> => {
    if (underWay.current) return false;
    underWay.current = true;
    setBusy(true);
    setFailure(undefined);
    try {
      await act();
      return true;
    } catch (caught) {
      setFailure(failureOf(caught));
      return false;
    } finally {
      underWay.current = false;
      setBusy(false);
    }
  }, []);
  return { busy, failure, run, setFailure };
}
