/** Data of a screen: loaded, refreshed while the tab is visible, loaded again when the connection is back. */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { connection } from "./api/connection";
import { failureOf, type Failure } from "./api/failure";

export interface Loaded<T> {
  data: T | undefined;
  failure: Failure | undefined;
  loading: boolean;
  reload: () => Promise<void>;
  /** Change what is shown at once; the next load replaces it. */
  change: (to: (now: T) => T) => void;
}

interface LoadOptions {
  /** Seconds between refreshes while the tab is visible. */
  every?: number;
  /** Nothing is requested while this is false. */
  when?: boolean;
}

/** Call `request` whenever its parameters change. Data of earlier parameters is never shown for later ones. */
export function useLoaded<T>(
  request: () => Promise<T>,
  parameters: unknown[],
  { every, when = true }: LoadOptions = {},
): Loaded<T> {
  const key = JSON.stringify(parameters);
  const [state, setState] = useState<{ key: string; data?: T; failure?: Failure }>({ key: "" });
  const [pending, setPending] = useState(0);
  const latestNumber = useRef(0);
  const pendingNow = useRef(0);
  const latestRequest = useRef(request);
  latestRequest.current = request;
  const latestKey = useRef(key);
  latestKey.current = key;

  // One function for all renders: a kept one loads what the screen shows by now.
  const reload = useCallback(async () => {
    const number = ++latestNumber.current;
    const key = latestKey.current;
    setPending(++pendingNow.current);
    try {
      const data = await latestRequest.current();
      if (number === latestNumber.current) setState({ key, data });
    } catch (caught) {
      const failure = failureOf(caught);
      if (number === latestNumber.current)
        setState((before) => ({ ...(before.key === key ? before : {}), key, failure }));
    } finally {
      setPending(--pendingNow.current);
    }
  }, []);

  useEffect(() => {
    if (when) void reload();
    else latestNumber.current++;
  }, [key, when]);

  useEffect(() => {
    if (!when) return;
    let lost = false;
    return connection.subscribe((state) => {
      if (lost && state === "online") void reload();
      lost = state === "lost";
    });
  }, [when]);

  useEffect(() => {
    if (!every || !when) return;
    const refresh = () => {
      if (document.visibilityState !== "visible" || connection.value === "lost") return;
      if (!pendingNow.current) void reload(); // a locked page's request waits for the unlock
    };
    const timer = setInterval(refresh, every * 1000);
    document.addEventListener("visibilitychange", refresh);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", refresh);
    };
  }, [every, when]);

  const current = state.key === key;
  return {
    data: current ? state.data : undefined,
    failure: current ? state.failure : undefined,
    loading: pending > 0,
    reload,
    change: (to) => {
      latestNumber.current++; // a pending answer is older than this change
      setState((now) => (now.data === undefined ? now : { ...now, data: to(now.data) }));
    },
  };
}

/** A request that a button makes: busy while it is pending, its failure shown until the next one. */
export function useAction() {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | undefined>();
  const pending = useRef(false);
  /** True if it succeeded. A call while another one is pending does nothing. */
  const run = useCallback(async (action: () => Promise<void>): Promise<boolean> => {
    if (pending.current) return false;
    pending.current = true;
    setBusy(true);
    setFailure(undefined);
    try {
      await action();
      return true;
    } catch (caught) {
      setFailure(failureOf(caught));
      return false;
    } finally {
      pending.current = false;
      setBusy(false);
    }
  }, []);
  return { busy, failure, run, setFailure };
}

/** As useAction, but a new call takes the place of a pending one, whose answer and failure are not shown. */
export function useLatestAction() {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | undefined>();
  const latestNumber = useRef(0);
  /** Forget the pending call. */
  const forget = useCallback(() => {
    latestNumber.current++;
    setBusy(false);
    setFailure(undefined);
  }, []);
  /** True if it succeeded and no later call was made. The action asks `isLatest` before it shows an answer. */
  const run = useCallback(async (action: (isLatest: () => boolean) => Promise<void>): Promise<boolean> => {
    const number = ++latestNumber.current;
    const isLatest = () => number === latestNumber.current;
    setBusy(true);
    setFailure(undefined);
    try {
      await action(isLatest);
      return isLatest();
    } catch (caught) {
      const failure = failureOf(caught);
      if (isLatest()) setFailure(failure);
      return false;
    } finally {
      if (isLatest()) setBusy(false);
    }
  }, []);
  return { busy, failure, run, forget };
}
