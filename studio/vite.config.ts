import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

const server = process.env.MANAZIR_SERVER ?? 'http://127.0.0.1:8420'
const pages = fileURLToPath(new URL('../src/manazir/server/pages', import.meta.url))

/** What the pages ask the server for, beside themselves: the API, and files by signed links. */
const ASKED = ['/api', '/media']

export default defineConfig({
  base: '/studio/',
  plugins: [react()],
  build: {
    outDir: pages,
    emptyOutDir: true,
    sourcemap: false,
    // light-dark() and :dir() as they are: what stands in for them elsewhere knows the language of a page only
    target: ['chrome123', 'firefox121', 'safari17.5'],
    assetsInlineLimit: 0, // the policy of the pages allows no data: in styles and scripts
    reportCompressedSize: false,
    license: { fileName: 'licences.md' },
  },
  server: { proxy: Object.fromEntries(ASKED.map((path) => [path, { target: server, changeOrigin: false }])) },
  test: { environment: 'happy-dom', include: ['src/**/*.test.{ts,tsx}'] },
})
