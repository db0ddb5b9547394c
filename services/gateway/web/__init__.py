"""The pages: one blueprint and one template folder a page family."""
