import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/** The policy in every page, whatever server it comes from. The server's header adds what a meta element cannot say
 * (frame-ancestors), and allows one bucket only as the upload address of large target files. */
const CARD_READER = "http://localhost:8189 https://localhost:8189";
const UPLOAD_HOSTS = "https://*.amazonaws.com http://127.0.0.1:* http://localhost:*";
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; " +
  `img-src 'self'; connect-src 'self' ${CARD_READER} ${UPLOAD_HOSTS}; manifest-src 'self'; worker-src 'self'; form-action 'none'; base-uri 'none'`;

const contentSecurityPolicy: Plugin = {
  name: "content-security-policy",
  apply: "build", // the development server injects inline scripts
  transformIndexHtml: () => [
    {
      tag: "meta",
      attrs: { "http-equiv": "Content-Security-Policy", content: POLICY },
      injectTo: "head-prepend",
    },
  ],
};

export default defineConfig({
  // Calls of h() are shorter than those of the JSX runtime, which has a file of its own.
  oxc: {
    jsx: { runtime: "classic", pragma: "createElement", pragmaFrag: "JsxFragment" },
    jsxInject: 'import { h as createElement, Fragment as JsxFragment } from "preact"',
  },
  plugins: [contentSecurityPolicy],
  build: {
    target: "es2022",
    // Inlined assets are data: URLs and the polyfill is an inline script; the policy blocks both.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: Object.fromEntries(
      ["/api", "/token", "/health", "/phone/api", "/boards"].map((path) => [
        path,
        process.env.API_URL ?? "http://127.0.0.1:8000",
      ]),
    ),
  },
  test: { environment: "happy-dom", setupFiles: ["src/test-setup.ts"], include: ["src/**/*.test.ts", "src/**/*.test.tsx", "scripts/*.test.mjs"] },
});
