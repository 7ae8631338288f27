import { CSPProvider } from '@base-ui/react/csp-provider'
import { DirectionProvider } from '@base-ui/react/direction-provider'
import { Tooltip } from '@base-ui/react/tooltip'
import { QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import './fonts.css'
import './tokens.css'
import './base.css'
import { newQueryClient } from './api/fresh'
import { takeToken } from './api/session'
import { Toasts } from './parts/Toast'
import { Studio } from './places/Studio'
import { show, usePreferences } from './words/preferences'
import { Speak } from './words/words'

const client = newQueryClient()
const token = takeToken()

function Root() {
  const { language, numerals } = usePreferences()
  return (
    <Speak language={language} numerals={numerals}>
      <DirectionProvider direction={language === 'ar' ? 'rtl' : 'ltr'}>
        <CSPProvider disableStyleElements>
          <Tooltip.Provider delay={500}>
            <QueryClientProvider client={client}>
              <Toasts>
                <Studio token={token} />
              </Toasts>
            </QueryClientProvider>
          </Tooltip.Provider>
        </CSPProvider>
      </DirectionProvider>
    </Speak>
  )
}

show()
const place = document.getElementById('studio')
if (place !== null) {
  createRoot(place).render(
    <StrictMode>
      <Root />
    </StrictMode>,
  )
}
