"""What we mean to say, and who agreed: model, documents, plan, sign-off, audit, store. No rendering, no publishing."""
