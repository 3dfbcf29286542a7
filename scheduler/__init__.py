"""When and how it leaves: releases, gate, engine, publishers, daemon. No statistics, no pages."""
