export function QueuePlace() {
  return null
}
