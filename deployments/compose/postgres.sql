-- Beside the server's database: the catalog of the lake.
CREATE DATABASE lake;
