/** Starts the app. */
import { mount } from 'svelte'
import './theme.css'
import './brought.ts'
import './pages.ts'
import App from './App.svelte'
import { router } from './router.svelte.ts'

const target = document.getElementById('app')
if (target === null) throw new Error('The page has no #app')
router.start()
mount(App, { target })
